/** When, in detail: missed and failed runs, quiet hours, and the zone whose clock counts. */
import { Checkbox, Field, Input } from '@fluentui/react-components'
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { scheduleRules, type CatchUp, type Schedule } from '../../../electron/contract/schedule.ts'
import { Choice } from '../../components/choice.tsx'
import { Folded } from '../../forms/folded.tsx'

interface Props {
  readonly schedule: Schedule
  readonly onChange: (schedule: Schedule) => void
}

const catchUps = ['run', 'older', 'skip'] as const
const retries = ['usual', 'none'] as const
const HOUR = 60
/** Offered first: within working hours, where nights are for backups. */
const WORKDAY = { from: '09:00', to: '18:00' } as const

export function WhenMore({ schedule, onChange }: Props): ReactElement {
  const { t } = useTranslation()
  return (
    <Folded title={t('jobs.schedule.more')}>
      <div className="row wrap top gap3">
        <CatchUpFields schedule={schedule} onChange={onChange} />
        <RetryChoice schedule={schedule} onChange={onChange} />
      </div>
      <QuietFields schedule={schedule} onChange={onChange} />
      <ZoneField schedule={schedule} onChange={onChange} />
    </Folded>
  )
}

function CatchUpFields({ schedule, onChange }: Props): ReactElement {
  const { t } = useTranslation()
  const { catchUp = scheduleRules.catchUp } = schedule
  const set = (next: CatchUp): void => onChange({ ...schedule, catchUp: next })
  return (
    <>
      <Choice
        label={t('jobs.schedule.catchUp.label')}
        value={typeof catchUp === 'object' ? 'older' : catchUp}
        options={catchUps.map((how) => [how, t(`jobs.schedule.catchUp.${how}`)] as const)}
        onChange={(how) => set(how === 'older' ? { olderThanMinutes: 6 * HOUR } : how)}
      />
      {typeof catchUp === 'object' && (
        <Field label={t('jobs.schedule.catchUp.hours')}>
          <Input
            type="number"
            min={1}
            max={8760}
            value={String(Math.max(1, Math.round(catchUp.olderThanMinutes / HOUR)))}
            onChange={(_, data) => {
              const hours = Number.parseInt(data.value, 10)
              if (hours >= 1 && hours <= 8760) set({ olderThanMinutes: hours * HOUR })
            }}
          />
        </Field>
      )}
    </>
  )
}

/** Other waits than the usual ones, set by the command line, stay as they are until somebody chooses here. */
function RetryChoice({ schedule, onChange }: Props): ReactElement {
  const { t } = useTranslation()
  const { retry = scheduleRules.retry } = schedule
  return (
    <Choice
      label={t('jobs.schedule.retry.label')}
      value={retry.forMinutes === 0 ? 'none' : 'usual'}
      options={retries.map((how) => [how, t(`jobs.schedule.retry.${how}`)] as const)}
      onChange={(how) =>
        onChange({ ...schedule, retry: { ...scheduleRules.retry, ...(how === 'none' ? { forMinutes: 0 } : {}) } })
      }
    />
  )
}

function QuietFields({ schedule, onChange }: Props): ReactElement {
  const { t } = useTranslation()
  const { quiet, ...others } = schedule
  return (
    <div className="row wrap top gap3">
      <Checkbox
        label={t('jobs.schedule.quiet')}
        checked={quiet !== undefined}
        onChange={(_, data) => onChange(data.checked === true ? { ...others, quiet: WORKDAY } : others)}
      />
      {quiet !== undefined &&
        (['from', 'to'] as const).map((end) => (
          <Field key={end} label={t(`jobs.schedule.${end}`)}>
            <Input
              type="time"
              value={quiet[end]}
              onChange={(_, data) =>
                data.value !== '' && onChange({ ...others, quiet: { ...quiet, [end]: data.value } })
              }
            />
          </Field>
        ))}
    </div>
  )
}

/** Kept only when it is the name of a zone: half a name would be refused at every key. */
function ZoneField({ schedule, onChange }: Props): ReactElement {
  const { t } = useTranslation()
  const { zone, ...others } = schedule
  const [text, setText] = useState(zone ?? '')
  const isKnown = text === '' || isZone(text)
  return (
    <Field
      label={t('jobs.schedule.zone')}
      hint={t('jobs.schedule.zoneHint')}
      {...(isKnown ? {} : { validationState: 'error' as const, validationMessage: t('jobs.schedule.zoneUnknown') })}
    >
      <Input
        value={text}
        placeholder={Intl.DateTimeFormat().resolvedOptions().timeZone}
        spellCheck={false}
        onChange={(_, data) => {
          setText(data.value)
          if (data.value === '') onChange(others)
          else if (isZone(data.value)) onChange({ ...others, zone: data.value })
        }}
      />
    </Field>
  )
}

function isZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    // That is how Intl says no.
    return false
  }
}
