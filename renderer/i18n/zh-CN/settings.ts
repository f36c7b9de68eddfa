/** Chinese words of the settings page. */
import type { settings as en } from '../en/settings.ts'
import type { SameKeys } from '../words.ts'

export const settings: SameKeys<typeof en> = {
  title: '设置',
  look: '语言与外观',
  language: '语言',
  languages: { 'system': '跟随系统', 'zh-CN': '简体中文', 'en': 'English' },
  theme: '主题',
  themes: { system: '跟随系统', light: '浅色', dark: '深色' },
  service: '后台服务',
  version: '版本',
  host: '电脑',
  home: '状态文件夹',
  since: '运行自',
  process: '进程',
  address: '浏览器地址',
  mode: '怎么运行',
  modes: { agent: '按计划运行', command: '只为一条命令，不按计划运行' },
}
