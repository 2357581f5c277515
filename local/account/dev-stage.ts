import config from '../../gatehouse.config.ts';
import { type EmulatedStage, emulatedStage } from './emulated-stage.ts';

/** The `dev` of gatehouse.config.ts, for the emulated account. */
export function devStage(): EmulatedStage {
  const { dev } = config.stages;
  if (!dev) throw new Error("gatehouse.config.ts has no stage 'dev', which is the one that is deployed locally");
  return emulatedStage(dev);
}
