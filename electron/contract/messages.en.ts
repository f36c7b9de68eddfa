/** English words of every error and finding: what happened and what it means for the data; then what to do. */
/* eslint max-lines: off -- a table: one row per code, looked up by name */
import type { MessageTable } from './message-table.ts'

export const messagesEn: MessageTable = {
  'usage': { message: '{reason}', hint: 'Run the command with --help to see its options.' },
  'bad-name': { message: '"{name}" cannot be used as a name: {reason}.', hint: 'Choose another name.' },
  'duplicate-name': {
    message: 'There is already a {what} named "{name}". Nothing was changed.',
    hint: 'Choose another name, or edit the existing one.',
  },
  'invalid-input': { message: '{reason}', hint: 'Correct the value named here and try again.' },
  'config-invalid': {
    message:
      'The settings file {path} cannot be used: {reason}. The last good copy stays in force; no backup was touched.',
    hint: 'Correct the file, or restore it from {copy}.',
  },
  'config-newer': {
    message: 'The settings file was written by a newer Sitekeep (version {found}; this one knows {known}).',
    hint: 'Install the newer Sitekeep. Nothing was changed.',
  },
  'config-unusable': {
    message:
      'The settings file {path} cannot be used ({reason}), and its last good copy {copy} neither ({problem}). The service does not start, because it would not know its jobs; no backup was touched.',
    hint: 'Correct the file, or put an earlier one in its place.',
  },
  'config-copy-failed': {
    message:
      'The last good copy of the settings, {path}, could not be written ({reason}). The settings are in force and no backup was touched.',
    hint: 'Make room on that disk, and check its rights: a damaged settings file could not be replaced now.',
  },
  'not-found': { message: 'There is no {what} "{name}".', hint: 'List what there is, and check the spelling.' },
  'ambiguous': { message: '"{name}" could mean several things: {candidates}.', hint: 'Name one of them in full.' },
  'source-missing': {
    message: '{path} does not exist. Nothing was backed up from it; earlier backups are intact.',
    hint: 'Check the path, or whether its disk is connected.',
  },
  'source-is-directory': {
    message: '{path} is a folder, not a database file.',
    hint: 'Choose the database file inside it, or back the folder up as a folder.',
  },
  'source-not-directory': {
    message: '{path} is not a folder.',
    hint: 'Choose a folder, or add the file as a database.',
  },
  'source-not-sqlite': {
    message:
      '{path} is not a SQLite database, or it is encrypted. Nothing was backed up from it; earlier backups are intact.',
    hint: 'If it is encrypted, back its folder up while the application is stopped.',
  },
  'source-empty': {
    message: '{path} is empty (0 bytes); {previous}. Earlier backups are intact.',
    hint: 'Find out what emptied it before the application writes to it, then restore the newest backup.',
  },
  'source-denied': {
    message: 'Sitekeep may not read {path}. Nothing was backed up from it; earlier backups are intact.',
    hint: 'Give the account "{user}" the right to read it.',
  },
  'source-locked': {
    message:
      '{path} was locked by another program for {seconds} s. Nothing was backed up from it; earlier backups are intact.',
    hint: 'Close the program that holds it, or choose a quieter time; then back up again.',
  },
  'source-hot-journal': {
    message:
      '{path} was left in the middle of a change (a journal of a crashed program lies beside it). It was not touched.',
    hint: 'Start the application once so that it mends its database, then back up again.',
  },
  'source-replaced': {
    message: '{path} was replaced or removed while it was being read. The half-read copy was thrown away.',
    hint: 'Back up again.',
  },
  'source-read-error': {
    message: 'The disk reported an error while {path} was being read ({reason}). Earlier backups are intact.',
    hint: 'Check the disk soon; back up other data from it first.',
  },
  'source-changing': { message: '{path} kept changing while it was read.', hint: 'Back up at a quieter time.' },
  'source-busy-too-long': {
    message:
      '{path} was written to so often that no consistent copy could be taken ({restarts} attempts). Nothing was backed up from it.',
    hint: 'Switch the database to WAL mode, or back up at a quieter time.',
  },
  'source-no-files': {
    message: 'Nothing matches {path}. Nothing was backed up from it; earlier backups are intact.',
    hint: 'Check the path and the patterns.',
  },
  'postgres-tool-missing': {
    message: '{program} is needed for PostgreSQL and cannot be run {at}: {reason}.',
    hint: 'Install the PostgreSQL client in the version of the server or newer, and try again.',
  },
  'postgres-tool-old': {
    message:
      'The server is PostgreSQL {server}, but the newest client found {at} is {client}: older programs do not understand a newer server. Nothing was changed.',
    hint: 'Install the PostgreSQL client, version {server} or newer, beside the old one; Sitekeep finds it.',
  },
  'postgres-client-unsafe': {
    message:
      'psql {client} {at} would run any command that someone has slipped into the backup, so it was not given the backup. Nothing was restored; the backup itself is not in doubt.',
    hint: 'Update the PostgreSQL client to 13.22, 14.19, 15.14, 16.10, 17.6, 18 or newer, and restore again. Backups in the format custom do not need it: choose it in the job for the next ones.',
  },
  'postgres-unreachable': {
    message: 'PostgreSQL at {server} does not answer: {reason}',
    hint: 'Check that the server runs and that address and port are right, then try again.',
  },
  'postgres-login': {
    message: 'PostgreSQL at {server} did not let Sitekeep in: {reason}',
    hint: "Check user and password (--password-stdin with a job, --password-secret NAME for a server named in a URL), and the server's pg_hba.conf.",
  },
  'postgres-lost': {
    message:
      'The connection to PostgreSQL at {server} broke off: {reason} What was being written was discarded; earlier backups are untouched.',
    hint: "Sitekeep tries again by itself; if it happens again, look into the server's log.",
  },
  'postgres-denied': {
    message:
      'The database user may not do this in {database}: {reason} A part would be incomplete, so nothing was done.',
    hint: 'For a backup, let it read everything (GRANT pg_read_all_data; where rows are protected, ALTER ROLE … BYPASSRLS), or use a superuser.',
  },
  'postgres-locked': {
    message:
      'The table {table} was locked by somebody else for more than {seconds} s (process {holder}). Nothing was backed up.',
    hint: 'Try again later, or choose a time at which no maintenance runs.',
  },
  'postgres-environment': {
    message:
      'The server at {server} lacks {missing}, which this backup needs. The backup itself is not in doubt; nothing was restored.',
    hint: 'Create it there (roles stand in globals.sql.gz), or restore to a server that has it.',
  },
  'postgres-no-create': {
    message: 'The database user may not create databases on {server}. Nothing was restored.',
    hint: 'Let it (ALTER ROLE … CREATEDB), or name a user who may.',
  },
  'postgres-busy': {
    message:
      'The database {database} could not change its name, because somebody stays connected: {reason} Nothing has changed.',
    hint: 'Stop the applications that use it and try again.',
  },
  'postgres-no-terminate': {
    message:
      'Somebody is connected to the database {database}, and the database user may not end that connection: {reason} Nothing has changed.',
    hint: 'Stop the applications that use it, or allow it: GRANT pg_signal_backend TO the user.',
  },
  'database-exists': {
    message: 'There is a database {database} on {server} already. Nothing was restored.',
    hint: 'Choose another name, or replace it: sitekeep restore … --in-place (the present one is kept under another name).',
  },
  'postgres-failed': {
    message: 'PostgreSQL refused: {reason}',
    hint: "The server's log tells more; try again once it is mended.",
  },
  'database-missing': {
    message: 'The database {database} does not exist on {server}.',
    hint: 'If it was renamed, edit the job. If it was deleted by mistake, restore it from the newest backup.',
  },
  'container-missing': {
    message: 'The container {container} cannot be reached: {reason}',
    hint: 'Check that {program} and the container run, and that this account may use them.',
  },
  'dump-failed': {
    message: '{program} failed ({how}): {reason} What it had written was discarded; older backups are untouched.',
    hint: "Try again; if it fails again, the run's log holds all that it said.",
  },
  'destination-inside-source': {
    message:
      'The place for backups, {path}, lies inside what is backed up ({source}): each backup would contain all earlier ones.',
    hint: 'Choose a place outside it, best on another disk.',
  },
  'destination-is-source': {
    message: '{path} is both what is backed up and where the backup goes.',
    hint: 'Choose another place, best on another disk.',
  },
  'destination-missing': {
    message:
      'The place for backups, {path}, is not there. Nothing was written anywhere else; earlier backups there are untouched.',
    hint: 'Connect the disk or share, then try again.',
  },
  'destination-parent-missing': {
    message: '{path} cannot be made: the folder above it is not there. Nothing was changed.',
    hint: 'Check the path, connect the disk or share, or make the folder above it first.',
  },
  'destination-not-folder': {
    message: '{path} is not a folder. Nothing was changed.',
    hint: 'Choose a folder as the place for backups.',
  },
  'nothing-to-adopt': {
    message: '{path} is no place with backups of Sitekeep: it bears no marker. Nothing was changed or made.',
    hint: 'Check the path, or whether its disk is connected. To use it as a new place: sitekeep destination add "{path}"',
  },
  'destination-marker-missing': {
    message:
      '{path} is there but is not the place Sitekeep knows: its marker is missing. It may be an empty mount point. Nothing was written.',
    hint: 'Connect the right disk. If this is a new disk for the same purpose: sitekeep adopt "{path}"',
  },
  'destination-marker-damaged': {
    message: '{path} cannot be read ({reason}), so this place cannot be told from another. Nothing was written.',
    hint: 'Check the disk. If it is the right one and sound, remove this file and adopt the place.',
  },
  'destination-marker-foreign': {
    message: '{path} belongs to another destination ({found}; expected {expected}). Nothing was written.',
    hint: 'Connect the right disk. To use this one, with the backups that lie on it: sitekeep adopt "{path}"',
  },
  'destination-rolled-back': {
    message:
      '{path} is older than when it was last seen (generation {found}; expected {expected}): another disk or an old copy of it. Nothing was written.',
    hint: 'Connect the right disk. What lies here can still be read and restored. To store backups here again: sitekeep adopt "{path}"',
  },
  'destination-read-only': {
    message: '{path} is read-only. No new backup was stored; earlier ones are intact.',
    hint: 'Make it writable (a disk that turned read-only may be failing), then back up again.',
  },
  'destination-denied': {
    message: 'Sitekeep may not write to {path}. No new backup was stored; earlier ones are intact.',
    hint: 'Give the account "{user}" the right to write there.',
  },
  'destination-not-readable': {
    message: 'Sitekeep may not read {path}. Nothing was changed there.',
    hint: 'Give the account "{user}" the right to read it, then try again.',
  },
  'destination-read-error': {
    message: '{path} could not be read ({reason}). Nothing was changed there.',
    hint: 'Check the disk and its cable, then try again; other backups may still be readable.',
  },
  'destination-full': {
    message:
      '{path} is full: {free} free, {needed} needed. No new backup was stored; earlier ones are intact and none was deleted.',
    hint: 'Free space there or choose another place, then back up again.',
  },
  'destination-no-inodes': {
    message: '{path} can hold no more files (out of inodes), though there is space. Earlier backups are intact.',
    hint: 'Remove small files there or choose another place, then back up again.',
  },
  'destination-file-too-large': {
    message: '{path} cannot hold a file this large (its file system has a limit). Earlier backups are intact.',
    hint: 'Choose a place with another file system (NTFS, ext4).',
  },
  'destination-busy': {
    message: 'Another Sitekeep ({holder}) is writing to {path}. Nothing was written.',
    hint: 'Wait until it has finished. Two installations should not share a place.',
  },
  'destination-lease-damaged': {
    message:
      'It cannot be told whether another Sitekeep is writing here: {path} is damaged or only half written. Nothing was written.',
    hint: 'If no other Sitekeep uses this place, remove that file and try again; it is also passed over {minutes} minutes after it was last changed.',
  },
  'destination-unreachable': {
    message: '{path} cannot be reached ({reason}). Earlier backups there are untouched.',
    hint: 'Check the connection, then try again.',
  },
  'destination-no-answer': {
    message: '{path} did not answer within {seconds} s. Whether the backups there can be used is not known.',
    hint: 'Check the disk or the network share: it hangs, or is very slow.',
  },
  'destination-io': {
    message: '{path} reported an error ({reason}). The backup was thrown away; earlier ones are untouched.',
    hint: 'Check the disk, then back up again.',
  },
  'destination-object-exists': {
    message: '{key} exists already and is never overwritten.',
    hint: 'Back up again; a new name is chosen.',
  },
  'destination-object-missing': {
    message: '{key} is not there.',
    hint: 'Verify the backup, and restore from another one.',
  },
  'artifact-missing': {
    message: '{file} of this backup is missing. This backup cannot be restored in full.',
    hint: 'Restore from another backup, and find out who removed the file.',
  },
  'artifact-damaged': {
    message: '{file} of this backup is damaged: {reason}. Nothing is restored from it.',
    hint: 'Restore from {alternative}, and check the disk it lies on.',
  },
  'manifest-missing': {
    message: '{path} has no manifest, so nothing vouches for what lies in it.',
    hint: 'Restore from another backup. The files can still be opened by hand.',
  },
  'manifest-damaged': {
    message: 'The manifest of {path} cannot be read: {reason}.',
    hint: 'Restore from another backup. The files can still be opened by hand.',
  },
  'manifest-edited': {
    message: 'The manifest of {path} is not the one that was written: {reason}.',
    hint: 'Restore from another backup, and find out who changed it.',
  },
  'manifest-newer': {
    message:
      '{path} was written by a newer Sitekeep, which this one does not understand (format {found}, known up to {known}).',
    hint: 'Install a newer Sitekeep. Nothing was changed.',
  },
  'restore-test-failed': {
    message: 'This backup is stored and its data matched, but its restore could not be tried: {reason}',
    hint: 'Mend the cause and verify it again: sitekeep verify latest --level restore',
  },
  'restore-test-nowhere': {
    message:
      'Each backup of this job is to be restored as a test, but {source} names no server to do that on. Nothing was saved.',
    hint: 'Choose where its restores are tested (--scratch), or ask for “data matched” instead (--prove matched).',
  },
  'not-provable': {
    message: 'Whether {file} can be restored could not be tried here: {reason} That says nothing against the backup.',
    hint: 'Name a server for restore tests in the job, or verify on a computer that has what is missing.',
  },
  'content-mismatch': {
    message: '{file} does not hold the data it was made from: {reason}. It is not counted as a backup.',
    hint: 'Back up again. If it happens twice, check memory and disks of this computer.',
  },
  'target-not-empty': {
    message: '{path} is not empty. Nothing was restored, and nothing in it was touched.',
    hint: 'Choose an empty or new folder.',
  },
  'target-inside-source': {
    message: '{path} lies in {other}, which is backed up, holds backups, or is Sitekeep’s own. Nothing was restored.',
    hint: 'Name a folder outside it with --to, best a new one.',
  },
  'target-denied': {
    message: 'Sitekeep may not write to {path}. Nothing was restored.',
    hint: 'Choose a folder that the account "{user}" may write to.',
  },
  'target-full': {
    message: '{path} has too little space: {free} free, {needed} needed. Nothing was restored.',
    hint: 'Free space or choose another folder.',
  },
  'target-unusable': {
    message: '{path} reported an error ({reason}). Nothing was restored.',
    hint: 'Check the disk, or choose another folder.',
  },
  'archive-hostile': {
    message: '{file} contains an entry that points outside the target ({entry}). Nothing was restored.',
    hint: 'This archive was tampered with. Restore from another backup.',
  },
  'set-not-proven': { message: 'This backup is not proven ({proof}).', hint: 'Verify it first.' },
  'masked-config': {
    message: 'The secrets in {file} were masked when it was backed up.',
    hint: 'Restore to a new place and fill in the masked values by hand.',
  },
  'agent-running': {
    message: 'Sitekeep already runs on this data ({home}, process {pid}). This second one has stopped.',
    hint: 'Use the one that runs.',
  },
  'agent-unreachable': {
    message: 'The Sitekeep service does not answer ({reason}). Nothing was changed.',
    hint: 'Start it with: sitekeep agent',
  },
  'protocol-mismatch': {
    message: 'This window and the Sitekeep service are of different versions (protocol {found} and {known}).',
    hint: 'Restart Sitekeep after the update.',
  },
  'not-allowed': {
    message: 'This account may look but not act: {method}.',
    hint: 'Ask an administrator of this computer.',
  },
  'message-too-large': {
    message: 'The message was larger than {limit} bytes and was refused.',
    hint: 'Shorten the input.',
  },
  'task-not-proven': {
    message:
      'The job "{job}" is off, or has no backup yet at all its destinations whose data matched. The old task "{name}" goes on.',
    hint: 'Back up now, and switch the old task off when the backup is good.',
  },
  'task-unchanged': {
    message: 'The old task "{name}" could not be changed ({reason}). It is as it was; backups are not affected.',
    hint: 'Change it in its own program, as an administrator.',
  },
  'run-already-active': {
    message: 'This job is running already ({run}). No second run was started.',
    hint: 'Wait for it, or cancel it.',
  },
  'timed-out': {
    message:
      'The run was stopped after {minutes} min, its limit. What it had written was thrown away; earlier backups are intact.',
    hint: 'Raise the limit, or find out why it is slow.',
  },
  'no-progress': {
    message: 'The run made no progress for {minutes} min in "{at}" and was stopped. Earlier backups are intact.',
    hint: 'Check the disk or share it was using, then back up again.',
  },
  'cancelled': {
    message: 'The run was cancelled. What it had written was thrown away; earlier backups are intact.',
    hint: 'Start it again when you like.',
  },
  'interrupted': {
    message: 'Sitekeep was ended during "{at}". That run produced no backup; earlier ones are intact.',
    hint: 'Back up again.',
  },
  'work-full': {
    message:
      'The disk for temporary files, {path}, is full: {free} free, {needed} needed. Nothing was backed up; earlier backups are intact.',
    hint: 'Free space there, or name another folder for temporary files in the job.',
  },
  'work-unusable': {
    message:
      'The folder for temporary files, {path}, cannot be used ({reason}). Nothing was backed up; earlier backups are intact.',
    hint: 'Check that disk, or name another folder for temporary files in the job.',
  },
  'state-unusable': {
    message: 'Sitekeep cannot use its own folder, {path}: {reason}. Nothing was changed; the backups are untouched.',
    hint: 'Check free space and the rights of that folder, then try again.',
  },
  'catalog-unusable': {
    message: 'The list of backups, {path}, cannot be used now: {reason}. The backups themselves are untouched.',
    hint: 'Close the program that holds the file (a virus scanner, perhaps) and check free space, then start Sitekeep again.',
  },
  'catalog-newer': {
    message:
      'The list of backups, {path}, was written by a newer Sitekeep. It is shown as far as it can be read; nothing is changed.',
    hint: 'Install the newer Sitekeep.',
  },
  'secret-missing': {
    message: 'The secret "{name}" is not stored on this computer.',
    hint: 'Store it with: sitekeep secret set {name}',
  },
  'service-unavailable': {
    message:
      'This system was not started by systemd (its first process is {program}), so there is no service here to install or remove. Nothing was changed.',
    hint: 'In a container let "sitekeep agent" be the command that it runs; in WSL switch systemd on in /etc/wsl.conf.',
  },
  'service-not-here': {
    message: 'Sitekeep cannot yet install itself as a service on this system ({system}). Nothing was changed.',
    hint: 'Let the system start "sitekeep agent" when it starts, or leave the window in the tray: backups run meanwhile.',
  },
  'service-rights': {
    message: 'Only root may install or remove the service; this is {user}. Nothing was changed.',
    hint: 'Run the same command with sudo.',
  },
  'service-foreign': {
    message: '{path} was not written by Sitekeep, or was edited since. Nothing was changed.',
    hint: 'Move it away if it is not needed. Own settings belong into "systemctl edit sitekeep".',
  },
  'service-path': {
    message:
      'A service cannot be given this path, because of a line break, a quote or a backslash in it: {path}. Nothing was changed.',
    hint: 'Rename the folder, or name another one.',
  },
  'service-failed': {
    message: 'The service could not be changed: {step} failed ({reason}). No backup was touched.',
    hint: 'What the service said: journalctl -u sitekeep -n 50',
  },
  'service-silent': {
    message:
      'The service was installed and started, but does not answer yet on {home}. Until it does, no backup runs by itself.',
    hint: 'What it says: journalctl -u sitekeep -n 50. Then look again: sitekeep service status',
  },
  'safe-mode': {
    message:
      'The service crashed {count} times within ten minutes. It runs, but starts nothing by itself: no backup is made on schedule.',
    hint: 'See its log, back up by hand to find the job that crashes it, then let the schedules run again: sitekeep resume. After an hour it tries by itself.',
  },
  'unsupported': {
    message: '{what} is not possible here: {reason}.',
    hint: 'See the documentation for what is possible.',
  },
  'internal': {
    message: 'An unexpected error: {reason}. Earlier backups are intact.',
    hint: 'Copy the diagnostics from History and report it.',
  },

  'files-unreadable': {
    message: '{count} files or folders could not be read and are not in this backup.',
    hint: 'Give the account "{user}" the right to read them, or accept the list.',
  },
  'files-changed': {
    message:
      '{count} files changed while they were read: what was stored of them may mix old and new, and what could not be read is zeros.',
    hint: 'Back up at a quieter time, or accept the list.',
  },
  'files-vanished': {
    message: '{count} files vanished while the folder was read.',
    hint: 'Exclude temporary files, or accept the list.',
  },
  'files-accepted': {
    message: '{count} files that could not be read or changed were accepted before.',
    hint: 'Remove them from the accepted list to be warned again.',
  },
  'root-empty': {
    message: '{path} is empty: there was nothing to back up in it.',
    hint: 'Check whether its disk is connected. If it is meant to be empty, accept it.',
  },
  'root-missing': {
    message: '{path} does not exist; the other folders were backed up.',
    hint: 'Check the path, or whether its disk is connected.',
  },
  'special-skipped': {
    message: '{count} pipes, sockets or devices were skipped: they hold no data.',
    hint: 'Nothing to do.',
  },
  'live-sqlite': {
    message: '{path} is a SQLite database in use. Copied as a file it may not open after a restore.',
    hint: 'Add it to the job as a database.',
  },
  'attributes-lost': {
    message: '{count} files have attributes that a tar archive does not keep here.',
    hint: 'Nothing to do unless an application depends on them.',
  },
  'other-filesystem': {
    message: '{count} mounted disks below the folder were left out.',
    hint: 'Add them to the job if they should be backed up.',
  },
  'config-masked': {
    message: 'Secrets masked in the configuration files: {count}.',
    hint: 'Keep the passwords elsewhere; a masked file cannot replace the live one.',
  },
  'config-keys-left-out': {
    message: '{count} keys or certificates were left out.',
    hint: 'Keep them elsewhere: this backup is not encrypted.',
  },
  'config-unparsed': {
    message: '{path} could not be understood, so it was left out: its secrets could not be masked.',
    hint: 'Exclude it, or mend its syntax.',
  },
  'writer-stalled': {
    message: 'Writers of {path} had to wait {milliseconds} ms.',
    hint: 'Switch the database to WAL mode if that is too long.',
  },
  'source-damaged': {
    message: '{path} is damaged: {reason}. It was backed up as it is, and older backups are kept.',
    hint: 'Restore the newest backup from before the damage.',
  },
  'source-shrunk': {
    message: '{source} has shrunk: {now} instead of {before}. It was backed up, and older backups are kept.',
    hint: 'If that is right, acknowledge it. If not, restore an older backup.',
  },
  'tables-gone': {
    message:
      '{source} has lost {count} tables since the last backup: {tables}, with {rows} rows. Older backups still hold them.',
    hint: 'If an update of the application removed them, nothing is wrong. If not, restore an older backup.',
  },
  'database-gone': {
    message:
      'The database {database} of {source} is no longer there, so that this backup does not hold it. Older backups do, and are kept.',
    hint: 'If somebody deleted it on purpose, nothing is wrong. If not, restore it from an older backup: sitekeep list shows them.',
  },
  'source-retried': {
    message: 'The connection to {server} broke off once; {source} was backed up again from the beginning.',
    hint: "Nothing to do; if it happens often, look into the server's log.",
  },
  'dump-warning': {
    message: 'PostgreSQL warned while {database} was dumped: {text}',
    hint: 'The rows were counted and match. Read the warning all the same: a restore may need something that it names.',
  },
  'snapshot-held': {
    message:
      '{database} was held at one moment for {minutes} min, because the place that was written to is slow. Meanwhile the server could not clear old rows.',
    hint: 'Back up to a faster place first, or at a quieter time.',
  },
  'roles-without-passwords': {
    message: 'The roles of {server} were backed up without their passwords: the user of the backup may not read them.',
    hint: 'Back up as a superuser, or set the passwords anew after a restore of the whole server.',
  },
  'database-left-out': {
    message: '{database} was left out: it is what a restore has kept or left behind.',
    hint: 'Drop it once it is no longer needed.',
  },
  'database-kept': {
    message: 'The database that was there before is kept as {database}.',
    hint: 'Drop it once you are sure that it is no longer needed.',
  },
  'database-replaced': {
    message:
      'The database {database} is replaced: whoever uses it is disconnected for a moment. The present one is kept under another name.',
    hint: 'Stop the applications that use it first, so that nothing is written in between.',
  },
  'source-mass-change': {
    message:
      '{percent} % of the files in {source} have changed beyond recognition since the last backup. Older backups are kept.',
    hint: 'Look for encrypted files (ransomware) before anything else.',
  },
  'destination-failed': {
    message: 'No backup was stored at {place}: {reason}',
    hint: 'Mend that place; the other places have this backup.',
  },
  'source-failed': {
    message: '{source} is not in this backup: {reason}',
    hint: 'Mend the cause and back up again; the rest of this backup is whole.',
  },
  'same-volume': {
    message: 'This backup lies on the same disk as the data.',
    hint: 'Add a place on another disk or off site.',
  },
  'log-not-written': {
    message: 'The plain-text log at {path} could not be written.',
    hint: 'Check the rights of that folder. The backup itself is whole.',
  },
  'counted-partly': {
    message: 'The test counted the first {count} entries; there are more.',
    hint: 'Nothing to do: a backup reads them all.',
  },
  'rows-not-counted': {
    message: 'The database is large: its rows are counted in the backup only.',
    hint: 'Nothing to do.',
  },
  'target-occupied': {
    message: '{path} is not empty. A restore would be refused, and nothing in it touched.',
    hint: 'Choose an empty or new folder.',
  },
  'newer-set-passed-over': {
    message: 'The newest backup, {newest}, {reason}. An older one was read instead: {set}.',
    hint: 'What was stored after {set} is not in it. Find out what happened to {newest}, and back up again.',
  },
  'no-sound-set': {
    message: 'No backup of this job is complete and proven. This one was read all the same: {set}, which {reason}.',
    hint: 'Check what was restored with care, mend the cause, and back up again.',
  },
  'masked-restored': {
    message:
      'Secrets are masked in the configuration files of this backup ({count} in {files}). Restored as they are, these files do not work.',
    hint: 'Fill in the masked values (***MASKED***) by hand before an application uses these files.',
  },
  'destination-older': {
    message:
      '{path} is older than when it was last seen (generation {found}; expected {expected}): another disk or an old copy of it. It was only read.',
    hint: 'Newer backups may lie on the right disk. To store backups on this one again: sitekeep adopt "{path}"',
  },
  'sets-removed': {
    message: '{count} old backups were removed at {place}. What is newer, pinned or needed stays.',
    hint: 'Nothing to do.',
  },
  'retention-frozen': {
    message: 'Nothing was removed at {place}: {reason}. All backups there stay.',
    hint: 'Settle that first. sitekeep cleanup --dry-run shows what would go, and why.',
  },
  'set-not-removed': {
    message: '{set} could not be removed at {place}: {reason} It stays listed as it is found there.',
    hint: 'Check the rights of that place, or whether it locks its files. It is tried again after the next backup.',
  },
  'removal-finished': {
    message: 'What an interrupted removal had left of {set} at {place} was cleared away.',
    hint: 'Nothing to do.',
  },
  'adopted': { message: 'This backup was found at its place and entered into the list.', hint: 'Nothing to do.' },
}
