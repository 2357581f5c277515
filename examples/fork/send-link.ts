/** Your way to people: a queue, a chat, a text message. It must not tell by its time or its errors whether there is such a user. */
export async function sendLink({ email, url }: { email: string; url: string }): Promise<void> {
  await fetch('https://messages.internal.example.com', { method: 'POST', body: JSON.stringify({ to: email, url }) });
}
