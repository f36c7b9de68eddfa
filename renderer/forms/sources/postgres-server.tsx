/** How a PostgreSQL server is reached: by its address, in its container, or as a service file says. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { sslModes } from '../../../electron/contract/postgres.ts'
import { Choice } from '../../components/choice.tsx'
import { PathField } from '../../components/path-field.tsx'
import { NumberField } from '../number-field.tsx'
import { TextField } from '../text-field.tsx'
import { isContainer, isHost, serverBy, vias, type ServerDraft, type Via } from './postgres-draft.ts'
import { PasswordField } from './postgres-password.tsx'

type ServerOf<V extends Via> = Extract<ServerDraft, { via: V }>

interface Props<V extends Via = Via> {
  readonly server: ServerOf<V>
  readonly onChange: (server: ServerDraft) => void
}

export function ServerFields({ server, onChange }: Props): ReactElement {
  const { t } = useTranslation()
  const user = server.via === 'service' ? undefined : server.user
  return (
    <>
      <div className="field-grid">
        <Choice
          label={t('postgres.via.label')}
          value={server.via}
          options={vias.map((via) => [via, t(`postgres.via.${via}`)] as const)}
          onChange={(via) => onChange(serverBy(via, user))}
        />
        {server.via === 'host' && <HostFields server={server} onChange={onChange} />}
        {server.via === 'container' && <ContainerFields server={server} onChange={onChange} />}
        {server.via === 'service' && <ServiceFields server={server} onChange={onChange} />}
      </div>
      <PasswordField server={server} onChange={onChange} />
    </>
  )
}

function HostFields({ server, onChange }: Props<'host'>): ReactElement {
  const { t } = useTranslation()
  const mode = server.sslMode ?? 'prefer'
  return (
    <>
      <TextField
        label={t('postgres.host')}
        hint={t('postgres.hostHint')}
        error={isHost(server.host) ? undefined : t('postgres.hostWrong')}
        value={server.host}
        onChange={(host) => onChange({ ...server, host: host.trim() })}
      />
      <NumberField
        label={t('postgres.port')}
        min={1}
        max={65_535}
        value={server.port ?? 5432}
        onChange={(port) => onChange({ ...server, port })}
      />
      <TextField label={t('postgres.user')} value={server.user} onChange={(user) => onChange({ ...server, user })} />
      <Choice
        label={t('postgres.tls')}
        value={mode}
        options={sslModes.map((known) => [known, t(`postgres.tlsMode.${known}`)] as const)}
        onChange={(sslMode) => onChange({ ...server, sslMode })}
      />
      {mode.startsWith('verify') && (
        <PathField
          label={t('postgres.certificate')}
          value={server.sslRootCert ?? ''}
          pick="file"
          onChange={(path) => {
            const { sslRootCert: _before, ...rest } = server
            onChange(path === '' ? rest : { ...rest, sslRootCert: path })
          }}
        />
      )}
    </>
  )
}

function ContainerFields({ server, onChange }: Props<'container'>): ReactElement {
  const { t } = useTranslation()
  const isPossible = server.container === '' || isContainer(server.container)
  return (
    <>
      <TextField
        label={t('postgres.container')}
        hint={t('postgres.containerHint')}
        error={isPossible ? undefined : t('postgres.containerWrong')}
        value={server.container}
        onChange={(container) => onChange({ ...server, container: container.trim() })}
      />
      <Choice
        label={t('postgres.program')}
        value={server.program ?? 'docker'}
        options={[
          ['docker', 'Docker'],
          ['podman', 'Podman'],
        ]}
        onChange={(program) => onChange({ ...server, program })}
      />
      <TextField
        label={t('postgres.user')}
        value={server.user ?? 'postgres'}
        onChange={(user) => onChange({ ...server, user })}
      />
    </>
  )
}

function ServiceFields({ server, onChange }: Props<'service'>): ReactElement {
  const { t } = useTranslation()
  return (
    <>
      <TextField
        label={t('postgres.service')}
        value={server.service}
        onChange={(service) => onChange({ ...server, service })}
      />
      <PathField
        label={t('postgres.serviceFile')}
        hint={t('postgres.serviceFileHint')}
        value={server.serviceFile ?? ''}
        pick="file"
        onChange={(path) => {
          const { serviceFile: _before, ...rest } = server
          onChange(path === '' ? rest : { ...rest, serviceFile: path })
        }}
      />
    </>
  )
}
