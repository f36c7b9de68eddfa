/** The job while it is edited: presets, what is missing, and which parts differ from what is saved. */
import type { TFunction } from 'i18next'
import { keepProfiles } from '../../../electron/contract/keep.ts'
import type { Job, JobDraft } from '../../../electron/contract/job.ts'
import { sourceDraftSchema, type SourceDraft, type SourceKind } from '../../../electron/contract/source.ts'
import { isServerWhole, serverBy, serverName } from '../../forms/sources/postgres-draft.ts'

export const parts = ['what', 'when', 'where', 'keep', 'protect', 'promise'] as const
export type Part = (typeof parts)[number]

export const presets = ['sqlite', 'postgres', 'folder', 'blank'] as const
export type Preset = (typeof presets)[number]

type Filled = Pick<
  Job,
  'enabled' | 'destinations' | 'schedule' | 'keep' | 'compression' | 'prove' | 'rpoMinutes' | 'rtoMinutes'
>

export type Draft = Omit<JobDraft, keyof Filled> & Filled

/** Defaults of the contract, made plain so that the form has a value in each field. */
const base: Filled = {
  enabled: true,
  destinations: [],
  ...keepProfiles.production,
  compression: 'gzip',
  prove: 'matched',
  rpoMinutes: 24 * 60,
  rtoMinutes: 30,
}

/** What sources are called at first, in the language of the window. */
export type SourceNames = Readonly<Record<'database' | 'files' | 'media' | 'config', string>>

export function sourceNames(t: TFunction): SourceNames {
  return {
    database: t('jobs.sourceName.database'),
    files: t('jobs.sourceName.files'),
    media: t('jobs.sourceName.media'),
    config: t('jobs.sourceName.config'),
  }
}

export function newSource(kind: SourceKind, names: SourceNames): SourceDraft {
  switch (kind) {
    case 'sqlite':
      return { kind, name: names.database, path: '' }
    case 'postgres':
      return { kind, name: names.database, server: serverBy('host'), databases: 'all' }
    case 'files':
      return { kind, name: names.files, roots: [] }
    case 'config':
      return { kind, name: names.config, globs: [] }
  }
}

const presetSources = (names: SourceNames): Readonly<Record<Preset, readonly SourceDraft[]>> => ({
  sqlite: [
    { kind: 'sqlite', name: 'db.sqlite3', path: '' },
    { kind: 'files', name: names.media, roots: [], exclude: ['*.tmp', 'cache/**'] },
    { kind: 'config', name: names.config, globs: [] },
  ],
  postgres: [
    { kind: 'postgres', name: names.database, server: serverBy('container'), databases: 'all' },
    { kind: 'files', name: names.files, roots: [], exclude: ['*.tmp', 'cache/**'] },
    { kind: 'config', name: names.config, globs: [] },
  ],
  folder: [{ kind: 'files', name: names.files, roots: [] }],
  blank: [],
})

export function draftOf(preset: Preset, name: string, names: SourceNames): Draft {
  return { ...base, name, sources: [...presetSources(names)[preset]] }
}

/** A saved job as a draft; its id and slug stay the agent's. */
export function draftOfJob(job: Job): Draft {
  const { id: _id, slug: _slug, ...draft } = job
  return draft
}

/** Whether something was said of it at all. */
export function isFilled(source: SourceDraft): boolean {
  if (source.name === '') return false
  switch (source.kind) {
    case 'sqlite':
      return source.path !== ''
    case 'postgres':
      return serverName(source.server) !== ''
    case 'files':
      return source.roots.length > 0
    case 'config':
      return source.globs.length > 0
  }
}

/** Whether everything was said that it needs: what is half said must not be dropped in silence. */
export function isWhole(source: SourceDraft): boolean {
  if (!isFilled(source) || !sourceDraftSchema.safeParse(source).success) return false
  if (source.kind !== 'postgres') return true
  const { server, scratch = 'same' } = source
  return isServerWhole(server) && (scratch === 'same' || isServerWhole(scratch))
}

/** Sources of a preset that the user left empty are not wanted. */
export function filledOnly(draft: Draft): Draft {
  return { ...draft, sources: draft.sources.filter(isFilled) }
}

export function hasSameNames(sources: readonly SourceDraft[]): boolean {
  return new Set(sources.map((source) => source.name)).size < sources.length
}

export function missingParts(draft: Draft): readonly Part[] {
  const sources = draft.sources.filter(isFilled)
  const isWhat = sources.length > 0 && sources.every(isWhole) && !hasSameNames(sources) && draft.name.trim() !== ''
  return [...(isWhat ? [] : (['what'] as const)), ...(draft.destinations.length > 0 ? [] : (['where'] as const))]
}

function valueOf(draft: Draft, part: Part): unknown {
  switch (part) {
    case 'what':
      return [draft.name, draft.enabled, draft.sources]
    case 'when':
      return draft.schedule
    case 'where':
      return draft.destinations
    case 'keep':
      return draft.keep
    case 'protect':
      return [draft.prove, draft.compression]
    case 'promise':
      return [draft.rpoMinutes, draft.rpoFollows, draft.rtoMinutes]
  }
}

export function changedParts(saved: Draft, draft: Draft): readonly Part[] {
  return parts.filter((part) => JSON.stringify(valueOf(saved, part)) !== JSON.stringify(valueOf(draft, part)))
}
