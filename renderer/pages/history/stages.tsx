/** The stages of a run on a time bar: what took the time, and where it was spent. */
import type { CSSProperties, ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { RunRecord, StageSpan } from '../../../electron/contract/run.ts'
import { useNow } from '../../clock.ts'
import { useFormat } from '../../format.ts'
import { useProgress } from '../../queries.ts'
import { scaleOf, spansNow } from './time-bar.ts'

/** Stages whose time goes to a place for backups. */
const atPlace: readonly StageSpan['stage'][] = ['put', 'read-back', 'publish', 'journal', 'restore-fetch']
/** Shares of the bar, in percent: what the longest words beside a bar need, also in a narrow window. */
const ROOM = 34

/** Words lie beside their bar where there is room for them, else on it: a bar that leaves none on either side is long. */
function placeOf(start: number, width: number): 'after' | 'before' | 'in' {
  if (start + width <= 100 - ROOM) return 'after'
  return start >= ROOM ? 'before' : 'in'
}

function Line({ span, total }: { readonly span: StageSpan; readonly total: number }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const seconds = (span.endMs - span.startMs) / 1000
  const a = (span.startMs / total) * 100
  const w = ((span.endMs - span.startMs) / total) * 100
  const { bytes = 0 } = span
  const size = format.size(bytes)
  const rate =
    bytes === 0 ? '' : seconds < 0.1 ? size : t('history.stages.rate', { size, rate: format.rate(bytes / seconds) })
  const about = span.source ?? span.destination
  return (
    <>
      <span className="lbl cut" title={about}>
        {t(`state.stage.${span.stage}`)}
        {about !== undefined && <span className="faint cut">{about}</span>}
      </span>
      <span className="lane" style={{ '--a': a, '--w': w } as CSSProperties}>
        <i className={atPlace.includes(span.stage) ? 'net' : ''} />
        {rate !== '' && <em className={placeOf(a, w)}>{rate}</em>}
      </span>
      <span className="val">
        {seconds < 0.1 ? `< ${format.duration(0.1)}` : format.duration(Math.round(seconds * 10) / 10)}
      </span>
    </>
  )
}

export function Stages({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const isOpen = run.outcome === undefined
  const now = useNow(isOpen ? 1_000 : 60_000)
  const progress = useProgress(run.id)
  const spans = isOpen ? spansNow(run, progress, now) : run.spans
  const { total, step, ticks } = scaleOf(Math.max(0, ...spans.map((span) => span.endMs)))
  return (
    <section className="card stages" aria-labelledby="stages-title">
      <header>
        <h2 id="stages-title">{t('history.stages.title')}</h2>
        <span className="legend end">
          <span>
            <span className="n cpu" />
            {t('history.stages.here')}
          </span>
          <span>
            <span className="n net" />
            {t('history.stages.place')}
          </span>
        </span>
      </header>
      {spans.length === 0 ? (
        <p className="body faint">{t('history.stages.none')}</p>
      ) : (
        <div className="gantt" style={{ '--step': (step / total) * 100 } as CSSProperties}>
          <span className="lbl axis">{t('history.stages.axis')}</span>
          <span className="axis" aria-hidden="true">
            {ticks.map((tick) => (
              <span key={tick} style={{ left: `${(tick / total) * 100}%` }}>
                {format.duration(tick / 1000)}
              </span>
            ))}
          </span>
          <span />
          {spans.map((span, index) => (
            <Line key={index} span={span} total={total} />
          ))}
        </div>
      )}
    </section>
  )
}
