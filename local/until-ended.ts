/** Resolves on Ctrl-C or another signal to end; under npm also when npm has ended. Call it before there is anything to end. */
export function untilEnded(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    if (process.env.npm_lifecycle_event) whenOrphaned(resolve);
  });
}

/** npm passes a SIGTERM on to the shell between it and this process, and the shell ends without passing it on. */
function whenOrphaned(then: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, 250);
  timer.unref();
}
