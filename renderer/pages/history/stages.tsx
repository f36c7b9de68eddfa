/** The stages of a run on a time bar: what took the time, and where it was spent. */
import type { CSSProperties, ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { RunRecord, StageSpan } from '../../../electron/contract/run.ts'
import { useFormat } from '../../format.ts'

/** Stages whose time goes to a place for backups. */
const atPlace: readonly StageSpan['stage'][] = ['put', 'read-back', 'publish', 'journal', 'restore-fetch']
const TICKS = 5

function Line({ span, total }: { readonly span: StageSpan; readonly total: number }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const seconds = (span.endMs - span.startMs) / 1000
  const a = (span.startMs / total) * 100
  const w = ((span.endMs - span.startMs) / total) * 100
  const rate =
    span.bytes === undefined || seconds <= 0
      ? ''
      : t('history.stages.rate', { size: format.size(span.bytes), rate: format.rate(span.bytes / seconds) })
  const about = span.source ?? span.destination
  return (
    <>
      <span className="lbl cut" title={about}>
        {t(`state.stage.${span.stage}`)}
        {about !== undefined && <span className="faint cut">{about}</span>}
      </span>
      <span className="lane" style={{ '--a': a, '--w': w } as CSSProperties}>
        <i className={atPlace.includes(span.stage) ? 'net' : ''} />
        <em className={a + w > 60 ? 'before' : ''}>{rate}</em>
      </span>
      <span className="val">{format.duration(Math.round(seconds * 10) / 10)}</span>
    </>
  )
}

export function Stages({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const total = Math.max(1, ...run.spans.map((span) => span.endMs))
  const ticks = Array.from({ length: TICKS + 1 }, (_, tick) => tick / TICKS)
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
      {run.spans.length === 0 ? (
        <p className="body faint">{t('history.stages.none')}</p>
      ) : (
        <div className="gantt">
          <span className="lbl axis">{t('history.stages.axis')}</span>
          <span className="axis" aria-hidden="true">
            {ticks.map((tick) => (
              <span key={tick} style={{ left: `${tick * 100}%` }}>
                {format.duration(Math.round((total * tick) / 100) / 10)}
              </span>
            ))}
          </span>
          <span />
          {run.spans.map((span, index) => (
            <Line key={index} span={span} total={total} />
          ))}
        </div>
      )}
    </section>
  )
}
