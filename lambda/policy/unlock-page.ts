const page = (content: string): Response =>
  new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Unlock sign-in</title>${content}</html>`,
    { headers: { 'content-type': 'text/html; charset=utf-8' } },
  );

/** The one page that Gatehouse renders. It posts the token to where it came from; no script, no style. */
export const unlockPage = (token: string): Response =>
  page(
    `<h1>Unlock sign-in?</h1><form method="post"><input type="hidden" name="token" value="${escapeHtml(token)}"><button>Unlock</button></form>`,
  );

export const unlockedPage = (): Response => page('<h1>Sign-in is unlocked</h1><p>You can sign in again now.</p>');

const escapeHtml = (text: string): string => text.replace(/[^\w.-]/g, (character) => `&#${character.codePointAt(0)};`);
