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
import { isFilled } from './draft.ts'

interface Props {
  readonly source: SourceDraft
  readonly onChange: (source: SourceDraft) => void
  readonly onRemove: () => void
}

function Report({ report }: { readonly report: SourceReport }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const size = format.size(report.bytes)
  const words =
    report.kind === 'sqlite'
      ? t('jobs.source.readSqlite', {
          tables: format.number(report.tables ?? 0),
          rows: format.number(report.rows ?? 0),
          size,
          mode: report.journalMode ?? '',
        })
      : t('jobs.source.readFiles', { count: report.files ?? 0, formatted: format.number(report.files ?? 0), size })
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
        <Button size="small" disabled={!isFilled(source) || test.isPending} onClick={() => test.mutate({ source })}>
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
