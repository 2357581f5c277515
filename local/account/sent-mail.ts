export interface AccountMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** The first link in the text. */
  readonly link?: string | undefined;
}

/** Where the emulated SES lists what it was given, for people too. */
export const sentMailPath = '/_ministack/ses/messages';

interface SesMessage {
  readonly To: readonly string[];
  readonly Subject: string;
  readonly BodyText: string;
}

/** What the emulated SES was given, oldest first. */
export async function sentMail(endpoint: string): Promise<AccountMail[]> {
  const response = await fetch(new URL(sentMailPath, endpoint));
  const { messages } = (await response.json()) as { messages: Readonly<Record<string, readonly SesMessage[]>> };
  return Object.values(messages)
    .flat()
    .map(({ To, Subject, BodyText }) => ({
      to: To,
      subject: Subject,
      text: BodyText,
      link: /https?:\/\/\S+/.exec(BodyText)?.[0],
    }));
}
