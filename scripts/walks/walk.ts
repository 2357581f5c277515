/** A command of a page that is run in another way here. */
export interface Substitution {
  readonly from: string;
  readonly to: string;
  /** For people who read what the walk did. */
  readonly reason: string;
}

/** A page of the documentation, as a reader follows it. */
export interface WalkedPage {
  /** From the repository's root. */
  readonly file: string;
  /** Sections to follow, in the order of the page. A section is in one of the two, or the walk fails. */
  readonly sections: readonly string[];
  /** Sections with commands that are not followed, each with its reason. */
  readonly leftOut: Readonly<Record<string, string>>;
}

export interface Walk {
  readonly name: string;
  readonly pages: readonly WalkedPage[];
  readonly substitutions: readonly Substitution[];
  /** Where it begins: a copy of this repository, or an empty folder. */
  readonly from: 'repository' | 'nothing';
  /** Whether it has an emulated AWS account, and credentials for it. */
  readonly account: boolean;
  /** Shell commands before the first: functions that substitutions call, and what the page expects to be done. */
  readonly before?: string;
  /** Shell commands that tell whether the reader got where the page leads. */
  readonly after: string;
}

/** What a walk is given to use. */
export interface WalkTools {
  /** The packed tarball. */
  readonly tarball: string;
}
