import { jest } from '@jest/globals';

const others = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'requestAnimationFrame',
  'cancelAnimationFrame',
  'requestIdleCallback',
  'cancelIdleCallback',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

/** Stops the clock that everything in this process reads, Better Auth included; timers go on. */
export function stopClock(): void {
  jest.useFakeTimers({ now: Date.now(), doNotFake: [...others] });
}

export const passTime = (seconds: number): void => void jest.setSystemTime(Date.now() + seconds * 1000);

export const startClock = (): void => void jest.useRealTimers();

export const minutes = 60;
export const hours = 60 * minutes;
export const days = 24 * hours;
