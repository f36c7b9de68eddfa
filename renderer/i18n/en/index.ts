/** All English words of the pages, by page. */
import { backups } from './backups.ts'
import { history } from './history.ts'
import { jobs } from './jobs.ts'
import { overview } from './overview.ts'
import { postgres } from './postgres.ts'
import { restore } from './restore.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'
import { state } from './state.ts'

export const en = { backups, history, jobs, overview, postgres, restore, settings, shell, state }
