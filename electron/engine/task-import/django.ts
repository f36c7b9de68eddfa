/** Finds the database behind `manage.py dumpdata`: read from the site's own settings, because what lies beside it need not be in use. */
import { sourceDraftSchema, type SourceDraft } from '../../contract/source.ts'
import { textOf } from './decode.ts'
import type { ReadFile } from './follow.ts'
import { at, plainName, sqliteSource, type Found, type Step } from './found.ts'
import { outputsOf } from './recognise-databases.ts'
import { folderOf, inWords, isKnown, nameIn, resolveIn } from './paths.ts'
import { toolOf } from './step.ts'

/** Django's own, django-dbbackup's, and the names that sites give their own. */
const COMMAND = /^(dumpdata|dbbackup|db_backup|backup_?db|mediabackup|backup)$/

export async function recogniseDjango(step: Step, read: ReadFile): Promise<Found | undefined> {
  const { argv } = step.program
  const manage = manageIn(argv)
  if (manage === undefined) return undefined
  const path = at(step, argv[manage] ?? '')
  const out = argv.findIndex((word) => /^(-o|--output|-O|--output-path)$/.test(word))
  const writes = out === -1 ? outputsOf(step) : [at(step, argv[out + 1] ?? '')]
  const source = isKnown(path) ? await databaseOf(step, path, read) : undefined
  const found = { does: 'dump', tool: `manage.py ${argv[manage + 1] ?? ''}`, reads: [], writes } as const
  return {
    ...found,
    sources: source === undefined ? [] : [source],
    unclear: source === undefined ? [inWords(path)] : [],
  }
}

function manageIn(argv: readonly string[]): number | undefined {
  const manage = argv.findIndex((word) => nameIn(word) === 'manage.py')
  const isStarted = manage === 0 || /^(python[\d.]*w?|py|uv|poetry|pipenv)$/.test(toolOf(argv))
  return manage !== -1 && isStarted && COMMAND.test(argv[manage + 1] ?? '') ? manage : undefined
}

async function databaseOf(step: Step, manage: string, read: ReadFile): Promise<SourceDraft | undefined> {
  const text = await textAt(manage, read)
  const named =
    step.pipeline.environment['DJANGO_SETTINGS_MODULE'] ??
    /DJANGO_SETTINGS_MODULE['"]\s*,\s*['"]([\w.]{1,200})['"]/.exec(text ?? '')?.[1]
  if (named === undefined) return undefined
  const folder = folderOf(manage)
  const settings = await textAt(resolveIn(folder, `${named.replaceAll('.', '/')}.py`), read)
  return settings === undefined ? undefined : sourceIn(settings, folder)
}

async function textAt(path: string, read: ReadFile): Promise<string | undefined> {
  const bytes = await read(path)
  return bytes === undefined || bytes.length > 1024 * 1024 ? undefined : textOf(bytes, path)
}

/** What is commented out is not in use. */
function sourceIn(settings: string, folder: string): SourceDraft | undefined {
  const live = settings.replace(/^\s*#[^\n]*$/gm, '')
  const block = /DATABASES\s*=\s*\{([\s\S]{0,4000})/.exec(live)?.[1] ?? ''
  const engine = /['"]ENGINE['"]\s*:\s*['"]([\w.]+)['"]/.exec(block)?.[1] ?? ''
  const value = (key: string): string | undefined =>
    new RegExp(`['"]${key}['"]\\s*:\\s*['"]?([^'",}\\n]*)`).exec(block)?.[1]?.trim()
  if (engine.endsWith('sqlite3')) {
    const name = /['"]NAME['"]\s*:[^\n]*?['"]([^'"\n]{1,200})['"]/.exec(block)?.[1]
    return name === undefined ? undefined : sqliteSource(resolveIn(folder, name))
  }
  return /postgres|postgis/.test(engine) ? postgresIn(value) : undefined
}

function postgresIn(value: (key: string) => string | undefined): SourceDraft | undefined {
  const given = (key: string, otherwise: string): string => {
    const found = value(key)
    return found === undefined || found === '' ? otherwise : found
  }
  const server = {
    via: 'host',
    host: given('HOST', '127.0.0.1'),
    port: Number(given('PORT', '5432')),
    user: given('USER', 'postgres'),
  }
  const name = given('NAME', '')
  const draft = { kind: 'postgres', name: plainName(name, 'postgres'), server, databases: [name] }
  return sourceDraftSchema.safeParse(draft).data
}
