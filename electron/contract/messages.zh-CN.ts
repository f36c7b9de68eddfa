/** Simplified Chinese words of every error and finding: what happened and what it means for the data; then what to do. */
/* eslint max-lines: off -- a table: one row per code, looked up by name */
import type { MessageTable } from './message-table.ts'

export const messagesZh: MessageTable = {
  'usage': { message: '{reason}', hint: '加上 --help 运行此命令，可查看可用的选项。' },
  'bad-name': { message: '“{name}”不能用作名称：{reason}。', hint: '请换一个名称。' },
  'duplicate-name': {
    message: '已经有名为“{name}”的{what}。没有作任何更改。',
    hint: '请换一个名称，或编辑已有的那一个。',
  },
  'invalid-input': { message: '{reason}', hint: '请改正这里指出的值，然后重试。' },
  'config-invalid': {
    message: '设置文件 {path} 无法使用：{reason}。继续使用上一份完好的设置；备份没有受到影响。',
    hint: '请改正该文件，或用 {copy} 替换它。',
  },
  'config-newer': {
    message: '设置文件由更新版本的 Sitekeep 写成（版本 {found}；本程序只认识到 {known}）。',
    hint: '请安装新版 Sitekeep。没有作任何更改。',
  },
  'config-unusable': {
    message:
      '设置文件 {path} 无法使用（{reason}），它上一份完好的副本 {copy} 也无法使用（{problem}）。后台服务没有启动，因为它不知道有哪些任务；备份没有受到影响。',
    hint: '请改正该文件，或换上以前的一份。',
  },
  'config-copy-failed': {
    message: '设置的完好副本 {path} 没能写入（{reason}）。设置已生效，备份没有受到影响。',
    hint: '请腾出磁盘空间并检查权限：现在设置文件一旦损坏，就没有副本可换。',
  },
  'not-found': { message: '找不到{what}“{name}”。', hint: '请列出现有的项目，核对写法。' },
  'ambiguous': { message: '“{name}”可能指以下几项：{candidates}。', hint: '请写出其中一项的全名。' },
  'source-missing': {
    message: '{path} 不存在。没有从中备份任何内容；以前的备份完好。',
    hint: '请检查路径，或检查其磁盘是否已连接。',
  },
  'source-is-directory': {
    message: '{path} 是文件夹，不是数据库文件。',
    hint: '请选择其中的数据库文件，或把它作为文件夹来备份。',
  },
  'source-not-directory': { message: '{path} 不是文件夹。', hint: '请选择一个文件夹，或把该文件作为数据库添加。' },
  'source-not-sqlite': {
    message: '{path} 不是 SQLite 数据库，或者已加密。没有从中备份任何内容；以前的备份完好。',
    hint: '如果已加密，请在应用程序停止时备份它所在的文件夹。',
  },
  'source-empty': {
    message: '{path} 是空的（0 字节）；{previous}。以前的备份完好。',
    hint: '请在应用程序写入之前查明它为何被清空，然后用最新的备份恢复。',
  },
  'source-denied': {
    message: 'Sitekeep 无权读取 {path}。没有从中备份任何内容；以前的备份完好。',
    hint: '请授予帐户“{user}”读取权限。',
  },
  'source-locked': {
    message: '{path} 被其他程序锁定了 {seconds} 秒。没有从中备份任何内容；以前的备份完好。',
    hint: '请关闭占用它的程序，或换一个较空闲的时间；然后再备份一次。',
  },
  'source-hot-journal': {
    message: '{path} 停在一次未完成的更改中（旁边有崩溃的程序留下的日志文件）。没有动它。',
    hint: '请启动一次应用程序，让它修好自己的数据库，然后再备份一次。',
  },
  'source-replaced': { message: '{path} 在读取期间被替换或删除。只读了一半的副本已丢弃。', hint: '请再备份一次。' },
  'source-read-error': {
    message: '读取 {path} 时磁盘报告错误（{reason}）。以前的备份完好。',
    hint: '请尽快检查磁盘；先把上面的其他数据备份出来。',
  },
  'source-changing': { message: '{path} 在读取期间一直在变化。', hint: '请在较空闲的时间备份。' },
  'source-busy-too-long': {
    message: '{path} 写入过于频繁，尝试 {restarts} 次仍取不到前后一致的副本。没有从中备份任何内容。',
    hint: '请把数据库改为 WAL 模式，或在较空闲的时间备份。',
  },
  'source-no-files': {
    message: '没有任何文件符合 {path}。没有从中备份任何内容；以前的备份完好。',
    hint: '请检查路径和匹配规则。',
  },
  'postgres-tool-missing': {
    message: '处理 PostgreSQL 需要 {program}，但{at}无法运行它（{reason}）。',
    hint: '请安装与服务器同版本或更新的 PostgreSQL 客户端，然后重试。',
  },
  'postgres-tool-old': {
    message: '服务器是 PostgreSQL {server}，而{at}最新的客户端是 {client}：旧的程序不认识更新的服务器。没有任何改动。',
    hint: '请另装 {server} 或更新版本的 PostgreSQL 客户端，不必卸载旧的，Sitekeep 会自己找到。',
  },
  'postgres-client-unsafe': {
    message:
      '{at}的 psql {client} 会执行别人混进备份里的命令，因此没有把备份交给它。没有恢复任何内容；备份本身没有问题。',
    hint: '请把 PostgreSQL 客户端更新到 13.22、14.19、15.14、16.10、17.6、18 或更新版本，然后重新恢复。custom 格式的备份不受影响：以后的备份可在任务里改用它。',
  },
  'postgres-unreachable': {
    message: 'PostgreSQL（{server}）没有应答：{reason}',
    hint: '请确认服务器正在运行、地址和端口正确，然后重试。',
  },
  'postgres-login': {
    message: 'PostgreSQL（{server}）拒绝登录：{reason}',
    hint: '请检查用户名和密码（任务用 --password-stdin；用网址指定的服务器用 --password-secret 名称），以及服务器的 pg_hba.conf。',
  },
  'postgres-lost': {
    message: '与 PostgreSQL（{server}）的连接中断：{reason} 正在写出的部分已丢弃，以前的备份不受影响。',
    hint: 'Sitekeep 会自动重试；若再次发生，请查看服务器日志。',
  },
  'postgres-denied': {
    message: '数据库用户无权在 {database} 中执行此操作：{reason} 只做一部分并不完整，所以什么都没有做。',
    hint: '备份时请授予全部读取权限（GRANT pg_read_all_data；有行级安全策略时还需 ALTER ROLE … BYPASSRLS），或改用超级用户。',
  },
  'postgres-locked': {
    message: '表 {table} 被别人锁定超过 {seconds} 秒（进程 {holder}）。没有备份任何数据。',
    hint: '请稍后重试，或选一个没有维护操作的时间。',
  },
  'postgres-environment': {
    message: '服务器 {server} 上没有这份备份需要的 {missing}。备份本身没有问题；没有恢复任何内容。',
    hint: '请先在那里建好（角色在 globals.sql.gz 里），或恢复到具备它的服务器。',
  },
  'postgres-no-create': {
    message: '该数据库账户无权在 {server} 上新建数据库。没有恢复任何内容。',
    hint: '请授予权限（ALTER ROLE … CREATEDB），或改用有权限的账户。',
  },
  'postgres-busy': {
    message: '数据库 {database} 无法更名，因为仍有程序连接着：{reason}没有任何改动。',
    hint: '请停止正在使用它的程序，然后重试。',
  },
  'postgres-no-terminate': {
    message: '有程序正连接着数据库 {database}，而该数据库账户无权断开它：{reason}没有任何改动。',
    hint: '请停止正在使用它的程序，或授予权限：GRANT pg_signal_backend TO 该账户。',
  },
  'database-exists': {
    message: '{server} 上已有数据库 {database}。没有恢复任何内容。',
    hint: '请换一个名称，或替换它：sitekeep restore … --in-place（现有的会改名保留）。',
  },
  'postgres-failed': {
    message: 'PostgreSQL 拒绝了请求：{reason}',
    hint: '服务器日志里有更多说明；排除问题后请重试。',
  },
  'database-missing': {
    message: '{server} 上没有数据库 {database}。',
    hint: '如果改了名，请修改任务；如果是误删，请从最新的备份恢复。',
  },
  'container-missing': {
    message: '连不上容器 {container}：{reason}',
    hint: '请确认 {program} 和该容器正在运行，且本账户有权使用。',
  },
  'dump-failed': {
    message: '{program} 失败（{how}）：{reason} 已写出的部分已丢弃，以前的备份不受影响。',
    hint: '请重试；若再次失败，运行日志里有它的全部输出。',
  },
  'destination-inside-source': {
    message: '存放位置 {path} 在要备份的内容（{source}）里面：这样每份备份都会包含以前的所有备份。',
    hint: '请选择它以外的位置，最好在另一块磁盘上。',
  },
  'destination-is-source': {
    message: '{path} 既是要备份的内容，又是备份的存放位置。',
    hint: '请另选一个位置，最好在另一块磁盘上。',
  },
  'destination-missing': {
    message: '存放位置 {path} 不在。没有写到别处；那里以前的备份没有动。',
    hint: '请连接该磁盘或共享，然后重试。',
  },
  'destination-parent-missing': {
    message: '无法新建 {path}：它的上一级文件夹不在。没有作任何更改。',
    hint: '请检查路径，接好磁盘或共享，或者先建好上一级文件夹。',
  },
  'destination-not-folder': {
    message: '{path} 不是文件夹。没有作任何更改。',
    hint: '请选择一个文件夹作为存放位置。',
  },
  'nothing-to-adopt': {
    message: '{path} 不是 Sitekeep 的存放位置：里面没有标记。没有作任何更改，也没有新建任何内容。',
    hint: '请检查路径，或看看磁盘是否接好。要把它用作新的存放位置：sitekeep destination add "{path}"',
  },
  'destination-marker-missing': {
    message: '{path} 存在，但不是 Sitekeep 认识的那个位置：缺少标记文件。它可能只是一个空的挂载点。没有写入任何内容。',
    hint: '请连接正确的磁盘。如果这是同一用途的新磁盘，请运行：sitekeep adopt "{path}"',
  },
  'destination-marker-damaged': {
    message: '无法读取 {path}（{reason}），因此不能确认这是不是原来的存放位置。没有写入任何内容。',
    hint: '请检查磁盘。如果确实是原来的位置且磁盘完好，请删除此文件，再接管该位置。',
  },
  'destination-marker-foreign': {
    message: '{path} 属于另一个存放位置（实际为 {found}；应为 {expected}）。没有写入任何内容。',
    hint: '请连接正确的磁盘。要使用这一块和上面的备份，请运行：sitekeep adopt "{path}"',
  },
  'destination-rolled-back': {
    message:
      '{path} 比上次见到时旧（第 {found} 代；应为第 {expected} 代）：可能是另一块磁盘，或它的旧副本。没有写入任何内容。',
    hint: '请连接正确的磁盘。这里的备份仍可读取和恢复。要重新在这里存放备份，请运行：sitekeep adopt "{path}"',
  },
  'destination-read-only': {
    message: '{path} 是只读的。没有存放新的备份；以前的备份完好。',
    hint: '请使它可写（突然变成只读的磁盘可能快要坏了），然后再备份一次。',
  },
  'destination-denied': {
    message: 'Sitekeep 无权写入 {path}。没有存放新的备份；以前的备份完好。',
    hint: '请授予帐户“{user}”写入权限。',
  },
  'destination-not-readable': {
    message: 'Sitekeep 无权读取 {path}。那里没有任何更改。',
    hint: '请授予帐户“{user}”读取权限，然后重试。',
  },
  'destination-read-error': {
    message: '无法读取 {path}（{reason}）。那里没有任何更改。',
    hint: '请检查磁盘和连接线，然后重试；其他备份可能仍可读取。',
  },
  'destination-full': {
    message: '{path} 已满：剩余 {free}，需要 {needed}。没有存放新的备份；以前的备份完好，也没有删除任何一份。',
    hint: '请在那里腾出空间或另选位置，然后再备份一次。',
  },
  'destination-no-inodes': {
    message: '{path} 还有空间，但不能再存放更多文件（inode 已用完）。以前的备份完好。',
    hint: '请在那里删除一些小文件或另选位置，然后再备份一次。',
  },
  'destination-file-too-large': {
    message: '{path} 存不下这么大的文件（文件系统有上限）。以前的备份完好。',
    hint: '请选择使用其他文件系统（NTFS、ext4）的位置。',
  },
  'destination-busy': {
    message: '另一个 Sitekeep（{holder}）正在写入 {path}。没有写入任何内容。',
    hint: '请等它结束。两套安装不应共用一个位置。',
  },
  'destination-lease-damaged': {
    message: '无法判断是否有另一个 Sitekeep 正在写入：{path} 已损坏或只写了一半。没有写入任何内容。',
    hint: '如果没有别的 Sitekeep 使用这个位置，请删除该文件后重试；它 {minutes} 分钟没有变化后也会自动作废。',
  },
  'destination-unreachable': {
    message: '连不上 {path}（{reason}）。那里以前的备份没有动。',
    hint: '请检查连接，然后重试。',
  },
  'destination-no-answer': {
    message: '{path} 在 {seconds} 秒内没有回应。那里的备份现在能不能用，无法知道。',
    hint: '请检查磁盘或网络共享：它卡住了，或者非常慢。',
  },
  'destination-io': {
    message: '{path} 报告错误（{reason}）。这份备份已丢弃；以前的备份没有动。',
    hint: '请检查磁盘，然后再备份一次。',
  },
  'destination-object-exists': {
    message: '{key} 已经存在，已有的文件从不覆盖。',
    hint: '请再备份一次，会使用新的名称。',
  },
  'destination-object-missing': { message: '{key} 不在了。', hint: '请验证这份备份，并用另一份来恢复。' },
  'artifact-missing': {
    message: '这份备份的 {file} 不见了，因此它不能完整恢复。',
    hint: '请用另一份备份恢复，并查明是谁删除了该文件。',
  },
  'artifact-damaged': {
    message: '这份备份的 {file} 已损坏：{reason}。不会用它恢复任何内容。',
    hint: '请用{alternative}恢复，并检查它所在的磁盘。',
  },
  'manifest-missing': {
    message: '{path} 没有清单文件，其中的内容无法得到证明。',
    hint: '请用另一份备份恢复。这些文件仍可手动打开。',
  },
  'manifest-damaged': {
    message: '无法读取 {path} 的清单：{reason}。',
    hint: '请用另一份备份恢复。这些文件仍可手动打开。',
  },
  'manifest-edited': {
    message: '{path} 的清单已不是当初写下的那一份：{reason}。',
    hint: '请用另一份备份恢复，并查明是谁改动了它。',
  },
  'manifest-newer': {
    message: '{path} 由更新版本的 Sitekeep 写成，这个版本看不懂（格式 {found}，最多认识 {known}）。',
    hint: '请安装新版 Sitekeep。没有作任何更改。',
  },
  'restore-test-failed': {
    message: '此备份已存放且数据一致，但未能试恢复：{reason}',
    hint: '排除原因后请再验证一次：sitekeep verify latest --level restore',
  },
  'restore-test-nowhere': {
    message: '此任务要求每份备份都试恢复，但 {source} 没有指定在哪台服务器上进行。没有保存任何内容。',
    hint: '请选择在哪里试恢复（--scratch），或改为“数据一致”（--prove matched）。',
  },
  'not-provable': {
    message: '无法在此处试验 {file} 能否恢复：{reason}这并不表示备份有问题。',
    hint: '请在任务中指定用于试恢复的服务器，或在具备所缺内容的电脑上验证。',
  },
  'content-mismatch': {
    message: '{file} 与它所备份的数据不一致：{reason}。它不算一份备份。',
    hint: '请再备份一次。如果再次发生，请检查这台电脑的内存和磁盘。',
  },
  'target-not-empty': {
    message: '{path} 不是空的。没有恢复任何内容，其中的文件也没有动。',
    hint: '请选择空的或新的文件夹。',
  },
  'target-inside-source': {
    message: '{path} 在 {other} 里：那是被备份的数据、备份的存放位置或 Sitekeep 自己的文件夹。没有恢复任何内容。',
    hint: '请用 --to 另选它以外的文件夹，最好是新的。',
  },
  'target-denied': {
    message: 'Sitekeep 无权写入 {path}。没有恢复任何内容。',
    hint: '请选择帐户“{user}”可以写入的文件夹。',
  },
  'target-full': {
    message: '{path} 空间不足：剩余 {free}，需要 {needed}。没有恢复任何内容。',
    hint: '请腾出空间，或另选一个文件夹。',
  },
  'target-unusable': {
    message: '{path} 报告错误（{reason}）。没有恢复任何内容。',
    hint: '请检查磁盘，或另选一个文件夹。',
  },
  'archive-hostile': {
    message: '{file} 中有一项指向目标以外（{entry}）。没有恢复任何内容。',
    hint: '这个归档被人改动过。请用另一份备份恢复。',
  },
  'set-not-proven': { message: '这份备份未经验证（{proof}）。', hint: '请先验证它。' },
  'masked-config': { message: '{file} 中的密码等在备份时已遮盖。', hint: '请恢复到新的位置，再手动填入被遮盖的值。' },
  'agent-running': {
    message: 'Sitekeep 已经在这份数据上运行（{home}，进程 {pid}）。第二个已停止。',
    hint: '请使用正在运行的那一个。',
  },
  'agent-unreachable': {
    message: 'Sitekeep 后台服务没有回应（{reason}）。没有作任何更改。',
    hint: '请用此命令启动：sitekeep agent',
  },
  'protocol-mismatch': {
    message: '这个窗口和 Sitekeep 后台服务的版本不同（协议 {found} 与 {known}）。',
    hint: '请在更新后重新启动 Sitekeep。',
  },
  'not-allowed': { message: '这个帐户只能查看，不能操作：{method}。', hint: '请找这台电脑的管理员。' },
  'message-too-large': { message: '消息超过 {limit} 字节，已拒绝。', hint: '请缩短输入的内容。' },
  'task-not-proven': {
    message: '任务“{job}”已停用，或还没有在所有存放位置都数据一致的备份。旧任务“{name}”继续运行。',
    hint: '请先立即备份一次，备份正常后再停用旧任务。',
  },
  'task-unchanged': {
    message: '旧任务“{name}”无法更改（{reason}）。它和原来一样，备份不受影响。',
    hint: '请以管理员身份在它自己的程序里更改。',
  },
  'run-already-active': { message: '这个任务已经在运行（{run}）。没有再启动一次。', hint: '请等它结束，或取消它。' },
  'timed-out': {
    message: '运行了 {minutes} 分钟，达到上限，已停止。它写下的内容已丢弃；以前的备份完好。',
    hint: '请提高上限，或查明为何这么慢。',
  },
  'no-progress': {
    message: '运行停在“{at}”，{minutes} 分钟没有进展，已停止。以前的备份完好。',
    hint: '请检查它当时使用的磁盘或共享，然后再备份一次。',
  },
  'cancelled': { message: '运行已取消。它写下的内容已丢弃；以前的备份完好。', hint: '需要时可以重新开始。' },
  'interrupted': {
    message: 'Sitekeep 在“{at}”时被终止。那次运行没有产生备份；以前的备份完好。',
    hint: '请再备份一次。',
  },
  'work-full': {
    message: '放临时文件的磁盘 {path} 已满：剩余 {free}，需要 {needed}。这次没有备份；以前的备份完好。',
    hint: '请在那里腾出空间，或在任务中指定另一个临时文件夹。',
  },
  'work-unusable': {
    message: '临时文件夹 {path} 无法使用（{reason}）。这次没有备份；以前的备份完好。',
    hint: '请检查该磁盘，或在任务中指定另一个临时文件夹。',
  },
  'state-unusable': {
    message: 'Sitekeep 无法使用自己的文件夹 {path}：{reason}。没有作任何更改；备份没有动。',
    hint: '请检查该文件夹的剩余空间和权限，然后重试。',
  },
  'catalog-unusable': {
    message: '备份目录 {path} 现在无法使用：{reason}。备份本身没有动。',
    hint: '请关闭占用该文件的程序（可能是杀毒软件），检查剩余空间，然后重新启动 Sitekeep。',
  },
  'catalog-newer': {
    message: '备份目录 {path} 由更新版本的 Sitekeep 写成。能读懂的部分照样显示；没有作任何更改。',
    hint: '请安装新版 Sitekeep。',
  },
  'secret-missing': {
    message: '这台电脑上没有保存名为“{name}”的密码或密钥。',
    hint: '请用此命令保存：sitekeep secret set {name}',
  },
  'service-unavailable': {
    message: '这个系统不是由 systemd 启动的（第一个进程是 {program}），这里没有可以安装或卸载的服务。没有作任何更改。',
    hint: '在容器里，请让容器直接运行“sitekeep agent”；在 WSL 里，请在 /etc/wsl.conf 中启用 systemd。',
  },
  'service-not-here': {
    message: 'Sitekeep 还不能在这个系统（{system}）上把自己安装为服务。没有作任何更改。',
    hint: '请让系统在启动时运行“sitekeep agent”，或让窗口留在托盘里：其间备份照常运行。',
  },
  'service-rights': {
    message: '只有 root 可以安装或卸载服务；现在的帐户是 {user}。没有作任何更改。',
    hint: '请在同一条命令前加上 sudo 再运行。',
  },
  'service-foreign': {
    message: '{path} 不是 Sitekeep 写的，或后来被改动过。没有作任何更改。',
    hint: '如果不需要它，请把它移走。自己的设置请用“systemctl edit sitekeep”添加。',
  },
  'service-path': {
    message: '服务不能使用这个路径，因为里面有换行符、引号或反斜杠：{path}。没有作任何更改。',
    hint: '请给文件夹改名，或换一个文件夹。',
  },
  'service-failed': {
    message: '服务没有改动成功：{step} 失败（{reason}）。没有动过任何备份。',
    hint: '查看服务的日志：journalctl -u sitekeep -n 50',
  },
  'service-silent': {
    message: '服务已安装并启动，但在 {home} 上还没有回应。在它回应之前，备份不会自动运行。',
    hint: '查看它的日志：journalctl -u sitekeep -n 50。之后再看一次：sitekeep service status',
  },
  'safe-mode': {
    message: '后台服务在十分钟内崩溃了 {count} 次。它正在运行，但不会自动开始任何工作：不再按计划备份。',
    hint: '请查看它的日志，逐个手动备份以找出引起崩溃的任务，然后恢复计划：sitekeep resume。一小时后它会自己再试。',
  },
  'unsupported': { message: '这里不能{what}：{reason}。', hint: '请查看说明，了解可以做什么。' },
  'internal': { message: '意外的错误：{reason}。以前的备份完好。', hint: '请从“历史”中复制诊断信息并报告给我们。' },
  'files-unreadable': {
    message: '{count} 个文件或文件夹无法读取，不在这份备份里。',
    hint: '请授予帐户“{user}”读取权限，或接受这份名单。',
  },
  'files-changed': {
    message: '{count} 个文件在读取期间有变化：存下的内容可能新旧混杂，读不到的部分是零。',
    hint: '请在较空闲的时间备份，或接受这份名单。',
  },
  'files-vanished': { message: '读取文件夹期间有 {count} 个文件消失了。', hint: '请排除临时文件，或接受这份名单。' },
  'files-accepted': {
    message: '{count} 个无法读取或有变化的文件以前已被接受。',
    hint: '如果想再次得到提醒，请把它们从已接受的名单中去掉。',
  },
  'root-empty': {
    message: '{path} 是空的：其中没有可备份的内容。',
    hint: '请检查其磁盘是否已连接。若本来就应为空，请接受它。',
  },
  'root-missing': { message: '{path} 不存在；其他文件夹已备份。', hint: '请检查路径，或检查其磁盘是否已连接。' },
  'special-skipped': { message: '跳过了 {count} 个管道、套接字或设备：其中没有数据。', hint: '无需处理。' },
  'live-sqlite': {
    message: '{path} 是正在使用的 SQLite 数据库。只当作文件复制，恢复后可能打不开。',
    hint: '请把它作为数据库添加到任务中。',
  },
  'attributes-lost': {
    message: '{count} 个文件带有 tar 归档在这里保存不了的属性。',
    hint: '如果没有应用程序依赖这些属性，则无需处理。',
  },
  'other-filesystem': {
    message: '文件夹下挂载的 {count} 个磁盘没有备份。',
    hint: '如果需要备份，请把它们添加到任务中。',
  },
  'config-masked': {
    message: '配置文件中的 {count} 个密码等已遮盖。',
    hint: '请另行保管这些密码；遮盖过的文件不能替换正在使用的文件。',
  },
  'config-keys-left-out': { message: '{count} 个密钥或证书没有放进备份。', hint: '请另行保管它们：这份备份没有加密。' },
  'config-unparsed': {
    message: '看不懂 {path} 的格式，无法遮盖其中的密码，因此没有备份它。',
    hint: '请排除它，或改正它的语法。',
  },
  'writer-stalled': {
    message: '写入 {path} 的程序不得不等待 {milliseconds} 毫秒。',
    hint: '如果觉得太久，请把数据库改为 WAL 模式。',
  },
  'source-damaged': {
    message: '{path} 已损坏：{reason}。已按现状备份，较早的备份会保留。',
    hint: '请用损坏之前最新的那份备份恢复。',
  },
  'source-shrunk': {
    message: '{source} 变小了：以前为 {before}，现在只有 {now}。已备份，较早的备份会保留。',
    hint: '如果这是正常的，请确认。如果不是，请用较早的备份恢复。',
  },
  'tables-gone': {
    message: '自上次备份以来，{source} 少了 {count} 个表：{tables}，共 {rows} 行。较早的备份里还有。',
    hint: '如果是应用程序升级时去掉的，就没有问题。如果不是，请用较早的备份恢复。',
  },
  'database-gone': {
    message: '{source} 的数据库 {database} 已不存在，所以这份备份里没有它。较早的备份里有，并会保留。',
    hint: '如果是有意删除的，就没有问题。如果不是，请用较早的备份恢复：用 sitekeep list 查看。',
  },
  'source-retried': {
    message: '与 {server} 的连接中断过一次；已从头重新备份 {source}。',
    hint: '无需处理；如果经常发生，请查看数据库服务器的日志。',
  },
  'dump-warning': {
    message: '导出 {database} 时 PostgreSQL 给出警告：{text}',
    hint: '行数已核对一致。仍请阅读该警告：恢复时可能需要其中提到的内容。',
  },
  'snapshot-held': {
    message: '由于存放位置较慢，{database} 的快照保持了 {minutes} 分钟。在此期间服务器无法清理旧数据行。',
    hint: '请先备份到较快的位置，或选择较空闲的时间。',
  },
  'roles-without-passwords': {
    message: '{server} 的角色已备份，但不含密码：备份所用的账户无权读取密码。',
    hint: '请用超级用户备份，或在整台服务器恢复后重新设置密码。',
  },
  'database-left-out': {
    message: '已略过 {database}：它是某次恢复保留或遗留下来的。',
    hint: '不再需要时请将其删除。',
  },
  'database-kept': {
    message: '原来的数据库已保留，名称为 {database}。',
    hint: '确认不再需要后请将其删除。',
  },
  'database-replaced': {
    message: '数据库 {database} 将被替换：正在使用它的程序会短暂断开。现有数据库会改名保留。',
    hint: '请先停止使用它的程序，以免期间写入新数据。',
  },
  'source-mass-change': {
    message: '自上一份备份以来，{source} 中 {percent} % 的文件变得面目全非。较早的备份会保留。',
    hint: '请先检查文件是否被勒索软件加密，再做其他事。',
  },
  'destination-failed': {
    message: '{place} 没有存上这份备份：{reason}',
    hint: '请修好这个存放位置；其他位置有这份备份。',
  },
  'source-failed': {
    message: '这份备份里没有 {source}：{reason}',
    hint: '请处理原因后再备份一次；这份备份的其余部分完整。',
  },
  'same-volume': { message: '这份备份与数据在同一块磁盘上。', hint: '请添加一个在另一块磁盘上或异地的存放位置。' },
  'log-not-written': { message: '无法写入 {path} 处的纯文本日志。', hint: '请检查该文件夹的权限。备份本身是完整的。' },
  'counted-partly': {
    message: '测试只数了前 {count} 项，实际更多。',
    hint: '无需处理：备份时会全部读取。',
  },
  'rows-not-counted': { message: '数据库较大，行数只在备份时清点。', hint: '无需处理。' },
  'target-occupied': {
    message: '{path} 不是空的。恢复会被拒绝，其中的内容不会被改动。',
    hint: '请选择空的或新的文件夹。',
  },
  'newer-set-passed-over': {
    message: '最新的备份 {newest} {reason}。读取的是更早的一份：{set}。',
    hint: '{set} 之后存放的内容不在其中。请查明 {newest} 出了什么事，然后再备份一次。',
  },
  'no-sound-set': {
    message: '这个任务没有一份完整且通过验证的备份。读取的仍是这一份：{set}，它{reason}。',
    hint: '请仔细检查恢复出来的数据，解决原因后重新备份。',
  },
  'masked-restored': {
    message: '这份备份的配置文件里有 {count} 个密码被遮盖：{files}。这些文件恢复后不能直接使用。',
    hint: '在应用使用这些文件之前，请手工填好被遮盖的值（***MASKED***）。',
  },
  'destination-older': {
    message:
      '{path} 比上次见到时旧（第 {found} 代；应为第 {expected} 代）：可能是另一块磁盘，或它的旧副本。只读取了它。',
    hint: '较新的备份可能在原来的磁盘上。要重新在这里存放备份，请运行：sitekeep adopt "{path}"',
  },
  'sets-removed': {
    message: '已删除 {place} 里的 {count} 份旧备份。较新的、固定的和需要的都保留。',
    hint: '无需处理。',
  },
  'retention-frozen': {
    message: '{place} 里没有删除任何备份：{reason}。那里的备份全部保留。',
    hint: '请先解决这个问题。sitekeep cleanup --dry-run 会说明哪些会删除以及原因。',
  },
  'set-not-removed': {
    message: '{set} 无法从 {place} 删除：{reason} 它仍按存放位置里的样子列出。',
    hint: '请检查该位置的权限，或它是否锁定了文件。下次备份后会再试。',
  },
  'removal-finished': {
    message: '{place} 里 {set} 中断删除后留下的文件已清理。',
    hint: '无需处理。',
  },
  'adopted': { message: '这份备份是在存放位置找到并登记进来的。', hint: '无需处理。' },
}
