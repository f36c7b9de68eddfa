/** Step 2: where to, what of it, and the plan in words before anything is done. */
import { Button } from '@fluentui/react-components'
import { useDeferredValue, useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { RestorePlan, RestoreRequest } from '../../../electron/contract/restore.ts'
import type { SetInfo } from '../../../electron/contract/set.ts'
import { useNow } from '../../clock.ts'
import { ErrorNote } from '../../components/note.tsx'
import { PathField } from '../../components/path-field.tsx'
import { Proof } from '../../components/proof.tsx'
import { useFormat } from '../../format.ts'
import { useAct, useAsk } from '../../queries.ts'
import { goTo, linkTo } from '../../route.ts'
import { OnlyField, onlyOf, type Only } from './only-field.tsx'
import { Plan } from './plan.tsx'
import { RestoreHead } from './steps.tsx'

interface Props {
  /** As the address named it: an id or a folder. */
  readonly reference: string
  /** Absent for a folder: the plan says then what it is. */
  readonly info: SetInfo | undefined
}

type Target = 'place' | 'test'

interface TargetProps {
  readonly value: Target
  readonly onChange: (target: Target) => void
}

function Targets({ value, onChange }: TargetProps): ReactElement {
  const { t } = useTranslation()
  return (
    <div className="targets two-up" role="radiogroup" aria-label={t('restore.target.label')}>
      {(['place', 'test'] as const).map((target) => (
        <label key={target} className="target">
          <input type="radio" name="target" checked={value === target} onChange={() => onChange(target)} />
          <span>
            <b>{t(`restore.target.${target}`)}</b>
            <span className="small dim block">{t(`restore.target.${target}Text`)}</span>
          </span>
        </label>
      ))}
    </div>
  )
}

function Used({ info }: { readonly info: SetInfo }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(60_000)
  return (
    <p className="row dim wrap">
      {t('restore.used')} <b>{format.moment(info.at, now)}</b> {t(`state.type.${info.type}`)} · {info.destinationName}
      <Proof level={info.proof} />
      <a href={linkTo('backups', undefined, { job: info.job, set: info.id })}>{t('restore.change')}</a>
    </p>
  )
}

function UsedFolder({ path }: { readonly path: string }): ReactElement {
  const { t } = useTranslation()
  return (
    <p className="row dim wrap">
      {t('restore.used')} <span className="mono breakable">{path}</span>
      <a href={linkTo('restore')}>{t('restore.change')}</a>
    </p>
  )
}

/** As the service takes it: `/srv/x`, `D:\\x`, `\\\\NAS\\share`. */
function isAbsolute(path: string): boolean {
  return /^(\/|[a-z]:[\\/]|\\\\)/i.test(path)
}

function isRelative(path: string): boolean {
  return path.trim() !== '' && !isAbsolute(path.trim())
}

/** What is said while the plan cannot be made yet; a rehearsal needs no place. */
function missing(target: Target, to: string, only: Only): 'wait' | 'waitOnly' {
  return onlyOf(only) === '' && (target === 'test' || to.trim() !== '') ? 'waitOnly' : 'wait'
}

function Folder({
  value,
  onChange,
}: {
  readonly value: string
  readonly onChange: (path: string) => void
}): ReactElement {
  const { t } = useTranslation()
  return (
    <PathField
      label={t('restore.target.path')}
      hint={t('restore.target.pathHint')}
      {...(isRelative(value) ? { error: t('restore.target.notAbsolute') } : {})}
      value={value}
      pick="folder"
      onChange={onChange}
    />
  )
}

/** The request that the fields stand for; `undefined` while something is missing. */
function requestOf(set: string, target: Target, to: string, only: Only): RestoreRequest | undefined {
  const part = onlyOf(only)
  if ((target === 'place' && !isAbsolute(to.trim())) || part === '') return undefined
  return {
    set,
    ...(target === 'test' ? { testMode: true } : { to: to.trim() }),
    ...(part === undefined ? {} : { only: part }),
  }
}

/** `onStart` is absent while something is missing. */
function Buttons({
  target,
  onStart,
}: {
  readonly target: Target
  readonly onStart: (() => void) | undefined
}): ReactElement {
  const { t } = useTranslation()
  return (
    <div className="foot">
      <Button appearance="primary" disabled={onStart === undefined} onClick={onStart}>
        {t(target === 'test' ? 'restore.startTest' : 'restore.start')}
      </Button>
      <Button onClick={() => history.back()}>{t('shell.cancel')}</Button>
    </div>
  )
}

function fits(plan: RestorePlan | undefined): boolean {
  return plan !== undefined && plan.bytesNeeded <= (plan.bytesFree ?? Infinity)
}

/** The backup of the plan, for which `JOB/latest` may have stood: one that ended since then was not shown to anybody. */
function asShown(request: RestoreRequest, plan: RestorePlan | undefined): RestoreRequest {
  return plan === undefined ? request : { ...request, set: plan.set.id }
}

export function PlanStep({ reference, info }: Props): ReactElement {
  const { t } = useTranslation()
  const [target, setTarget] = useState<Target>('place')
  const [to, setTo] = useState('')
  const [only, setOnly] = useState<Only>({ kind: 'all' })
  const request = requestOf(reference, target, to, only)
  const asked = useDeferredValue(request)
  const plan = useAsk('restore.plan', asked)
  const start = useAct('restore.start', ({ run }) => goTo(linkTo('restore', undefined, { run })))
  const name = info?.jobName ?? plan.data?.set.jobName
  const isReady = request !== undefined && fits(plan.data) && !start.isPending
  return (
    <>
      <div className="scroll">
        <RestoreHead title={name === undefined ? t('restore.title') : t('restore.titleOf', { name })} step="plan" />
        {info === undefined ? <UsedFolder path={reference} /> : <Used info={info} />}
        <Targets value={target} onChange={setTarget} />
        <div className="card step">
          {target === 'place' && <Folder value={to} onChange={setTo} />}
          <OnlyField info={info} value={only} onChange={setOnly} />
        </div>
        <Plan
          request={asked}
          query={plan}
          waiting={t(`restore.plan.${missing(target, to, only)}`)}
          place={info?.destinationName ?? reference}
        />
        <ErrorNote error={start.error} />
      </div>
      <Buttons
        target={target}
        onStart={isReady ? () => start.mutate(asShown(request, info === undefined ? undefined : plan.data)) : undefined}
      />
    </>
  )
}
