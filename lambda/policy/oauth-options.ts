/** How accounts of social providers come to belong to users. */
export interface SocialSignInOptions {
  /**
   * Link an account to the user with the same e-mail address at sign-in, when both sides have verified it. Then every provider that
   * is configured can sign in as any user, by what it says about an address (ASVS 5.0 6.8.1). Without it, users link accounts
   * while they are signed in. @default false
   */
  readonly linkByVerifiedEmail?: boolean;
  /**
   * Accept new users whose provider has not verified their address. Then somebody can wait under your address, with an account of
   * theirs, for you to sign up with it. @default false
   */
  readonly allowUnverifiedEmail?: boolean;
}
