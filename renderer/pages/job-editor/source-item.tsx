/** One source in the editor: its form, and a test that really reads it and answers inline. */
import { Button, Input, Tooltip } from '@fluentui/react-components'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { SourceDraft, SourceReport } from '../../../electron/contract/source.ts'
import { SourceIcon } from '../../components/icons.tsx'
import { ErrorNote } from '../../components/note.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { wordsOfFinding } from '../../components/words.ts'
import { useFormat } from '../../format.ts'
import { SourceForm } from '../../forms/sources/registry.tsx'
import { useAct } from '../../queries.ts'
import { isWhole } from './draft.ts'

interface Props {
  readonly source: SourceDraft
  readonly onChange: (source: SourceDraft) => void
  readonly onRemove: () => void
}

/** What was read, in the measures of its kind. */
function useWords(report: SourceReport): string {
  const { t } = useTranslation()
  const format = useFormat()
  const { files = 0, databases = 0 } = report
  const size = format.size(report.bytes)
  const rows = { tables: format.number(report.tables ?? 0), rows: format.number(report.rows ?? 0), size }
  switch (report.kind) {
    case 'sqlite':
      return t('jobs.source.readSqlite', { ...rows, mode: report.journalMode ?? '' })
    case 'postgres':
      return t('postgres.read', { ...rows, count: databases, version: report.version ?? '' })
    case 'files':
    case 'config':
      return t('jobs.source.readFiles', { count: files, formatted: format.number(files), size })
  }
}

function Report({ report }: { readonly report: SourceReport }): ReactElement {
  const format = useFormat()
  const words = useWords(report)
  return (
    <div className="col gap1 small" role="status">
      <span className="row top" style={{ gap: 6 }}>
        <StateMark state="good" />
        <span className="dim">{words}</span>
      </span>
      {report.notes.map((note) => (
        <span key={note.code + note.message} className="row top" style={{ gap: 6 }}>
          {note.weight !== 'note' && <StateMark state="attention" />}
          <span className="dim breakable">{wordsOfFinding(note, format.language).message}</span>
        </span>
      ))}
    </div>
  )
}

export function SourceItem({ source, onChange, onRemove }: Props): ReactElement {
  const { t } = useTranslation()
  const test = useAct('source.test')
  const changed = (next: SourceDraft): void => {
    test.reset()
    onChange(next)
  }
  const remove = t('jobs.editor.remove', { name: source.name })
  return (
    <div className="source-item">
      <div className="row">
        <SourceIcon kind={source.kind} />
        <Tooltip content={t('jobs.source.nameHint')} relationship="description">
          <Input
            value={source.name}
            maxLength={80}
            aria-label={t('jobs.source.name')}
            onChange={(_, data) => changed({ ...source, name: data.value })}
          />
        </Tooltip>
        <span className="small faint">{t(`state.source.${source.kind}`)}</span>
        <span className="grow" />
        <Button size="small" disabled={!isWhole(source) || test.isPending} onClick={() => test.mutate({ source })}>
          {test.isPending ? t('jobs.source.testing') : t('jobs.source.test')}
        </Button>
        <Button appearance="subtle" size="small" icon={<DeleteRegular />} aria-label={remove} onClick={onRemove} />
      </div>
      <SourceForm source={source} onChange={changed} />
      {test.data !== undefined && <Report report={test.data} />}
      <ErrorNote error={test.error} />
    </div>
  )
}
