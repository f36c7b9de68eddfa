/** What of a backup to restore: everything, one source, or one path of a folder. */
import { Field, Input } from '@fluentui/react-components'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { SetInfo } from '../../../electron/contract/set.ts'
import { Choice } from '../../components/choice.tsx'

export type Only =
  | { readonly kind: 'all' }
  | { readonly kind: 'source'; readonly name: string }
  | { readonly kind: 'path'; readonly path: string }

/** The request's `only`: absent for everything, empty while a path is still to be typed. */
export function onlyOf(only: Only): string | undefined {
  switch (only.kind) {
    case 'all':
      return undefined
    case 'source':
      return only.name
    case 'path':
      return only.path.trim()
  }
}

interface Props {
  /** Absent for a folder whose content is not known yet. */
  readonly info: SetInfo | undefined
  readonly value: Only
  readonly onChange: (only: Only) => void
}

export function OnlyField({ info, value, onChange }: Props): ReactElement {
  const { t } = useTranslation()
  const sources = [...new Set(info?.sources.map((source) => source.name) ?? [])]
  const hasFolders = info?.sources.some((source) => source.kind === 'files' || source.kind === 'config') ?? true
  const options: readonly (readonly [string, string])[] = [
    ['all', t('restore.only.all')],
    ...sources.map((name) => [`source:${name}`, t('restore.only.source', { name })] as const),
    ...(hasFolders ? ([['path', t('restore.only.path')]] as const) : []),
  ]
  const chosen = value.kind === 'source' ? `source:${value.name}` : value.kind
  const choose = (option: string): void => {
    if (option === 'all') onChange({ kind: 'all' })
    else if (option === 'path') onChange({ kind: 'path', path: '' })
    else onChange({ kind: 'source', name: option.slice('source:'.length) })
  }
  return (
    <div className="field-grid">
      <Choice label={t('restore.only.label')} value={chosen} options={options} onChange={choose} />
      {value.kind === 'path' && (
        <Field label={t('restore.only.pathLabel')} hint={t('restore.only.pathHint')}>
          <Input
            value={value.path}
            spellCheck={false}
            onChange={(_, data) => onChange({ kind: 'path', path: data.value })}
          />
        </Field>
      )}
    </div>
  )
}
