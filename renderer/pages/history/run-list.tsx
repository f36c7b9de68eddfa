/** The rows of the history. */
import { useQueries } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { RunRecord } from '../../../electron/contract/run.ts'
import { call } from '../../api.ts'
import { useNow } from '../../clock.ts'
import { StateMark, markOfOutcome } from '../../components/state-mark.tsx'
import { useFormat } from '../../format.ts'
import { linkTo } from '../../route.ts'
import type { RunFilter } from './history-page.tsx'
import { proofOf, secondsOf } from './run-words.ts'
import { useWindow } from './window.ts'

interface Props {
  readonly filter: RunFilter
  readonly total: number
}

const ROW_HEIGHT = 44
const PAGE = 100

/** The runs of rows `from` to `to`, by row; the rest is still on its way. */
function useRows(filter: RunFilter, from: number, to: number): ReadonlyMap<number, RunRecord> {
  const first = Math.floor(from / PAGE)
  const last = Math.floor(Math.max(from, to - 1) / PAGE)
  const pages = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const answers = useQueries({
    queries: pages.map((page) => {
      const params = { ...filter, limit: PAGE, offset: page * PAGE }
      return { queryKey: ['run.list', params], queryFn: () => call('run.list', params) }
    }),
  })
  const rows = new Map<number, RunRecord>()
  answers.forEach((answer, index) => {
    const offset = (pages[index] ?? 0) * PAGE
    answer.data?.runs.forEach((run, row) => rows.set(offset + row, run))
  })
  return rows
}

function Row({ run, row }: { readonly run: RunRecord; readonly row: number }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const outcome = run.outcome ?? 'running'
  const proof = proofOf(run)
  const type = run.type === undefined ? '' : ` · ${t(`state.type.${run.type}`)}`
  return (
    <div className="vrow" role="row" aria-rowindex={row + 2} style={{ top: row * ROW_HEIGHT }}>
      <span role="cell">{format.moment(run.startedAt, now)}</span>
      <span role="cell" className="cut">
        <a className="plain stretched" href={linkTo('history', run.id)}>
          {run.jobName}
        </a>
      </span>
      <span role="cell" className="cut">{`${t(`state.run.${run.kind}`)}${type}`}</span>
      <span role="cell" className="row cut" style={{ gap: 6 }}>
        <StateMark state={markOfOutcome(run.outcome)} label="" />
        <span className="cut">
          {t(`state.outcome.${outcome}`)}
          {proof !== undefined && run.outcome !== 'failed' && ` · ${t(`state.proof.${proof}`)}`}
        </span>
      </span>
      <span role="cell" className="num">
        {run.finishedAt === undefined ? '' : format.duration(secondsOf(run, now))}
      </span>
      <span role="cell" className="num">
        {run.bytesStored > 0 ? format.size(run.bytesStored) : ''}
      </span>
    </div>
  )
}

function Waiting({ row }: { readonly row: number }): ReactElement {
  const { t } = useTranslation()
  return (
    <div className="vrow faint" role="row" aria-rowindex={row + 2} style={{ top: row * ROW_HEIGHT }}>
      <span role="cell">{t('history.rowLoading')}</span>
    </div>
  )
}

const columns = ['started', 'job', 'kind', 'result', 'took', 'size'] as const

export function RunList({ filter, total }: Props): ReactElement {
  const { t } = useTranslation()
  const { from, to, ref } = useWindow(total, ROW_HEIGHT)
  const rows = useRows(filter, from, to)
  return (
    <div className="fill" role="table" aria-label={t('history.table.label')} aria-rowcount={total + 1}>
      <div role="rowgroup">
        <div className="vhead" role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <span key={column} role="columnheader" className={column === 'took' || column === 'size' ? 'num' : ''}>
              {t(`history.table.${column}`)}
            </span>
          ))}
        </div>
      </div>
      <div className="vlist" ref={ref} role="rowgroup" tabIndex={0}>
        <div role="presentation" style={{ height: total * ROW_HEIGHT }}>
          {Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index).map((row) => {
            const run = rows.get(row)
            return run === undefined ? <Waiting key={row} row={row} /> : <Row key={row} run={run} row={row} />
          })}
        </div>
      </div>
    </div>
  )
}
