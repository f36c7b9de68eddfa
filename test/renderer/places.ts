/** Every page in each of its states: what is looked at one by one. */
import type { Scenario } from './fixture.ts'

export const places: readonly (readonly [string, Scenario, string])[] = [
  ['overview', 'good', ''],
  ['overview, red', 'red', ''],
  ['overview, running', 'running', ''],
  ['overview, empty', 'empty', ''],
  ['jobs', 'good', '#/jobs'],
  ['job editor', 'good', '#/jobs/job_wms001'],
  ['new job', 'empty', '#/jobs/new?preset=sqlite'],
  ['new PostgreSQL job', 'empty', '#/jobs/new?preset=postgres'],
  ['backups', 'good', '#/backups?job=job_wms001'],
  ['restore', 'good', '#/restore'],
  ['restore result', 'good', '#/restore?run=run_rest001'],
  ['history', 'many', '#/history'],
  ['run', 'good', '#/history/run_warn001'],
  ['failed run', 'good', '#/history/run_fail001'],
  ['live run', 'running', '#/history/run_live001'],
  ['restore in progress', 'running', '#/restore?run=run_live001'],
  ['settings', 'good', '#/settings'],
]
