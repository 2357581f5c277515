/** The app of bin/gatehouse.ts, with its stage `dev` for the emulated account. */
import config from '../../gatehouse.config.ts';
import { devStage } from './dev-stage.ts';

Object.assign(config.stages, { dev: devStage().config });
await import('../../bin/gatehouse.ts');
