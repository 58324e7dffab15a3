/** @file All layouts by name. */
import { casme, casme2, mmew } from './casme.ts';
import { casme3, casme3c, casmesq } from './casme3.ts';
import { LAYOUT_NAMES, type Layout, type LayoutName } from './layout.ts';
import { dfme, fourdme, generic } from './others.ts';
import { samm, sammlv } from './samm.ts';
import { smic, smicNir, smicVis } from './smic.ts';

/** How each dataset lies on disk. */
export const LAYOUTS: Readonly<Record<LayoutName, Layout>> = {
  ...{ casme, casme2, samm, sammlv, smic, casmesq, casme3, casme3c, mmew },
  ...{ '4dme': fourdme, dfme, 'smic-vis': smicVis, 'smic-nir': smicNir, generic },
};

export { LAYOUT_NAMES };
export type { Film, FilmEvent, Layout, LayoutName, SheetCell, SheetFile } from './layout.ts';
