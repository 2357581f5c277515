import { randomUUID } from 'node:crypto';
import { AwsError, type Input } from './protocol.ts';

/** A mail as the local stack shows it. */
export interface SentMail {
  readonly id: string;
  /** ISO 8601. */
  readonly sentAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  /** The first URL of the text, for a person to follow. */
  readonly link?: string;
}

export interface SesService {
  sendEmail(input: Input): object;
  /** Newest first. */
  mail(): readonly SentMail[];
}

export const sendEmailPath = '/v2/email/outbound-emails';
const kept = 500;
const maxRecipients = 50;

/** Amazon SES: validates what SES validates, and keeps the mail instead of sending it. Source: SES API v2 Reference, SendEmail. */
export function ses(now: () => number): SesService {
  const sent: SentMail[] = [];
  return {
    mail: () => sent,
    sendEmail(input) {
      const from = address(input.FromEmailAddress, 'FromEmailAddress');
      const { subject, text, html } = simpleContent(input.Content);
      const link = text === undefined ? undefined : /https?:\/\/[^\s<>"]+/.exec(text)?.[0];
      const mail: SentMail = {
        id: randomUUID(),
        sentAt: new Date(now()).toISOString(),
        from,
        to: recipients(input.Destination),
        subject,
        ...(text !== undefined && { text }),
        ...(html !== undefined && { html }),
        ...(link !== undefined && { link }),
      };
      sent.unshift(mail);
      sent.length = Math.min(sent.length, kept);
      return { MessageId: mail.id };
    },
  };
}

function refuse(message: string): never {
  throw new AwsError('BadRequestException', message);
}

function recipients(destination: unknown): string[] {
  const { ToAddresses, CcAddresses, BccAddresses } = members(destination, 'Destination');
  const lists = { ToAddresses, CcAddresses, BccAddresses };
  const all = Object.entries(lists).flatMap(([name, list = []]) => {
    if (!Array.isArray(list)) return refuse(`${name} must be a list.`);
    return list.map((item) => address(item, name));
  });
  if (all.length === 0) refuse('Recipient count is 0; at least one is required.');
  if (all.length > maxRecipients) refuse(`Recipient count exceeds ${maxRecipients}.`);
  return all;
}

/** `local@domain`, or `Name <local@domain>`; a line break would start another header. */
function address(value: unknown, member: string): string {
  if (typeof value !== 'string') return refuse(`${member} must be an address.`);
  const bare = /^[^\r\n<>]*<([^\r\n<>]+)>$/.exec(value)?.[1] ?? value;
  if (/^[^\s@<>,;]{1,64}@[^\s@<>,;.]+(\.[^\s@<>,;.]+)*$/.test(bare) && bare.length <= 320) return value;
  return refuse(`${member} is not a valid address.`);
}

function simpleContent(content: unknown): { subject: string; text?: string; html?: string } {
  const { Simple, ...others } = members(content, 'Content');
  if (Simple === undefined || Object.keys(others).length > 0) {
    refuse('Content must be Simple; Raw and Template are not served locally.');
  }
  const { Subject, Body } = members(Simple, 'Simple');
  const subject = data(Subject, 'Subject');
  if (/[\r\n]/.test(subject)) refuse('Subject must be one line.');
  const { Text, Html } = members(Body, 'Body');
  if (Text === undefined && Html === undefined) refuse('Body must have Text or Html.');
  return {
    subject,
    ...(Text !== undefined && { text: data(Text, 'Text') }),
    ...(Html !== undefined && { html: data(Html, 'Html') }),
  };
}

function data(part: unknown, member: string): string {
  const { Data } = members(part, member);
  return typeof Data === 'string' ? Data : refuse(`${member}.Data is required.`);
}

const members = (value: unknown, member: string): Input =>
  typeof value === 'object' && value !== null ? (value as Input) : refuse(`${member} is required.`);
