/** The Fluent themes: the mock-ups' tokens laid over Fluent's own, so that its controls and our parts look alike. */
import {
  createDarkTheme,
  createLightTheme,
  teamsHighContrastTheme,
  type BrandVariants,
  type Theme,
} from '@fluentui/react-components'
import type { ThemeName } from './preferences.ts'

/** Fluent's brand ramp around the one accent, #0f6cbd. */
const brand: BrandVariants = {
  10: '#061724',
  20: '#082338',
  30: '#0a2e4a',
  40: '#0c3b5e',
  50: '#0e4775',
  60: '#0f548c',
  70: '#115ea3',
  80: '#0f6cbd',
  90: '#2886de',
  100: '#479ef5',
  110: '#62abf5',
  120: '#77b7f7',
  130: '#96c6fa',
  140: '#b4d6fa',
  150: '#cfe4fa',
  160: '#ebf3fc',
}

const fonts: Partial<Theme> = {
  fontFamilyBase: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
}

const light: Theme = {
  ...createLightTheme(brand),
  ...fonts,
  colorNeutralForeground1: '#1b1b1b',
  colorNeutralForeground2: '#4a4a4a',
  colorNeutralForeground3: '#616161',
  colorNeutralForeground4: '#616161',
  colorNeutralBackground1: '#ffffff',
  colorNeutralBackground2: '#fafafa',
  colorNeutralStroke1: '#cfcfcf',
  colorNeutralStrokeAccessible: '#767676',
}

const dark: Theme = {
  ...createDarkTheme(brand),
  ...fonts,
  colorNeutralForeground1: '#f5f5f5',
  colorNeutralForeground2: '#d2d2d2',
  colorNeutralForeground3: '#adadad',
  colorNeutralForeground4: '#adadad',
  colorNeutralBackground1: '#353535',
  colorNeutralBackground2: '#2b2b2b',
  colorNeutralStroke1: '#4c4c4c',
  colorNeutralStrokeAccessible: '#9c9c9c',
  // White on #1a6dbd is 5.3:1; Fluent's own #115ea3 would sink into the card.
  colorBrandBackground: '#1a6dbd',
  colorBrandBackgroundHover: '#2b7dcd',
}

export const themes: Readonly<Record<ThemeName, Theme>> = {
  light,
  dark,
  contrast: { ...teamsHighContrastTheme, ...fonts },
}
