/** English words of the settings page. */
export const settings = {
  title: 'Settings',
  look: 'Language and look',
  language: 'Language',
  languages: { 'system': 'As the system', 'zh-CN': '简体中文', 'en': 'English' },
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  service: 'Service',
  version: 'Version',
  host: 'Computer',
  home: 'State folder',
  since: 'Running since',
  process: 'Process',
  address: 'Address in a browser',
  mode: 'How it runs',
  modes: { agent: 'with schedules', command: 'for one command, without schedules' },
} as const
