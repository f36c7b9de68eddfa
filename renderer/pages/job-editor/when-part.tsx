/** When: a preset or cron text, said in words, with the next five runs as the agent counts them. */
import { Checkbox, Field, Input, Select } from '@fluentui/react-components'
import { CalendarClockRegular } from '@fluentui/react-icons/svg/calendar-clock'
import { useDeferredValue, useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schedule as Asked } from '../../../electron/contract/schedule.ts'
import { useNow } from '../../clock.ts'
import { Choice } from '../../components/choice.tsx'
import { ErrorNote, Note } from '../../components/note.tsx'
import { useFormat } from '../../format.ts'
import { useAsk } from '../../queries.ts'
import {
  presetSchedule,
  readSchedule,
  scheduleInWords,
  weekdayNames,
  writeSchedule,
  type Schedule,
} from '../../schedule.ts'
import type { PartProps } from './editor.tsx'
import { Part } from './part.tsx'
import { WhenMore } from './when-more.tsx'

interface ScheduleProps<S extends Schedule = Schedule> {
  readonly schedule: S
  readonly onChange: (schedule: Schedule) => void
}

function TimeInput({
  value,
  onChange,
}: {
  readonly value: string
  readonly onChange: (time: string) => void
}): ReactElement {
  const { t } = useTranslation()
  return (
    <Field label={t('jobs.schedule.at')}>
      <Input type="time" value={value} onChange={(_, data) => data.value !== '' && onChange(data.value)} />
    </Field>
  )
}

function HourlyInputs({ schedule, onChange }: ScheduleProps<Extract<Schedule, { kind: 'hourly' }>>): ReactElement {
  const { t } = useTranslation()
  return (
    <>
      {(['from', 'to'] as const).map((end) => (
        <Field key={end} label={t(`jobs.schedule.${end}`)}>
          <Select
            value={String(schedule[end])}
            onChange={(_, data) => onChange({ ...schedule, [end]: Number(data.value) })}
          >
            {Array.from({ length: 24 }, (_, hour) => (
              <option key={hour} value={hour} disabled={end === 'to' ? hour < schedule.from : hour > schedule.to}>
                {`${String(hour).padStart(2, '0')}:00`}
              </option>
            ))}
          </Select>
        </Field>
      ))}
      <Checkbox
        label={t('jobs.schedule.weekdays')}
        checked={schedule.weekdays}
        onChange={(_, data) => onChange({ ...schedule, weekdays: data.checked === true })}
      />
    </>
  )
}

function WeeklyInputs({ schedule, onChange }: ScheduleProps<Extract<Schedule, { kind: 'weekly' }>>): ReactElement {
  const { t } = useTranslation()
  const { language } = useFormat()
  const days = weekdayNames(language).map((name, day) => [String(day), name] as const)
  return (
    <>
      <Choice
        label={t('jobs.schedule.on')}
        value={String(schedule.day)}
        options={days}
        onChange={(day) => onChange({ ...schedule, day: Number(day) })}
      />
      <TimeInput value={schedule.time} onChange={(time) => onChange({ ...schedule, time })} />
    </>
  )
}

function Inputs({ schedule, onChange }: ScheduleProps): ReactElement | null {
  const { t } = useTranslation()
  switch (schedule.kind) {
    case 'none':
      return null
    case 'daily':
      return <TimeInput value={schedule.time} onChange={(time) => onChange({ kind: 'daily', time })} />
    case 'weekly':
      return <WeeklyInputs schedule={schedule} onChange={onChange} />
    case 'hourly':
      return <HourlyInputs schedule={schedule} onChange={onChange} />
    case 'cron':
      return (
        <Field label={t('jobs.schedule.cron')}>
          <Input
            className="mono"
            value={schedule.text}
            spellCheck={false}
            onChange={(_, data) => onChange({ kind: 'cron', text: data.value })}
          />
        </Field>
      )
  }
}

function NextRuns({ schedule }: { readonly schedule: Asked }): ReactElement | null {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const preview = useAsk('job.preview', schedule, { keep: true })
  if (preview.error !== null) return <ErrorNote error={preview.error} />
  const next = preview.data?.next.slice(0, 5) ?? []
  if (preview.data !== undefined && next.length === 0) return <Note state="attention">{t('jobs.schedule.noNext')}</Note>
  return (
    <ol className="next5" aria-label={t('jobs.schedule.next')}>
      {next.map((run) => (
        <li key={run.at}>
          <b>{format.moment(run.at, now)}</b>
          {t(`state.type.${run.type}`)}
        </li>
      ))}
    </ol>
  )
}

function InWords({ words, catchUp }: { readonly words: string | undefined; readonly catchUp: Asked['catchUp'] }) {
  const { t } = useTranslation()
  const { language } = useFormat()
  const said =
    words === undefined
      ? t('jobs.schedule.handOnly')
      : `${words}${language === 'en' ? '. ' : '。'}${t(missedWords(catchUp))}`
  return (
    <div className="note running plain">
      <CalendarClockRegular fontSize={20} />
      <div>{said}</div>
    </div>
  )
}

/** What becomes of a missed run, said where the schedule is said. */
function missedWords(catchUp: Asked['catchUp'] = 'run') {
  if (typeof catchUp === 'object') return 'jobs.schedule.missedOlder'
  return catchUp === 'run' ? 'jobs.schedule.missed' : 'jobs.schedule.missedSkip'
}

const kinds = ['daily', 'hourly', 'weekly', 'cron', 'none'] as const

export function WhenPart({ draft, change }: PartProps): ReactElement {
  const { t } = useTranslation()
  const { language } = useFormat()
  const cron = draft.schedule.full
  // A cron text stays one while it is edited, even where it happens to read like a preset.
  const [isText, setText] = useState(false)
  const schedule: Schedule = isText && cron !== undefined ? { kind: 'cron', text: cron } : readSchedule(cron)
  const asked = useDeferredValue(draft.schedule)
  const words = cron === undefined ? undefined : scheduleInWords(cron, t, language)
  const set = (next: Schedule): void => {
    setText(next.kind === 'cron')
    const { full: _before, ...others } = draft.schedule
    const full = writeSchedule(next)
    change({ schedule: full === undefined ? others : { ...others, full } })
  }
  return (
    <Part part="when">
      <div className="row wrap top gap3">
        <Choice
          label={t('jobs.schedule.label')}
          value={schedule.kind}
          options={kinds.map((kind) => [kind, t(`jobs.schedule.${kind}`)] as const)}
          onChange={(kind) => set(presetSchedule(kind, cron))}
        />
        <Inputs schedule={schedule} onChange={set} />
      </div>
      {cron !== undefined && words === undefined && <Note state="attention">{t('jobs.schedule.invalid')}</Note>}
      {(cron === undefined || words !== undefined) && <InWords words={words} catchUp={draft.schedule.catchUp} />}
      {asked.full !== undefined && words !== undefined && <NextRuns schedule={asked} />}
      {cron !== undefined && (
        <WhenMore schedule={draft.schedule} onChange={(changed) => change({ schedule: changed })} />
      )}
    </Part>
  )
}
