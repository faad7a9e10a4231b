import { z } from 'zod';

import { saysMissing } from '../../missing.ts';
import { A_DAY, isDate } from '../../time/calendar.ts';

/** `YYYY-MM-DD`, a day that exists. */
export const day = z.string(saysMissing(A_DAY)).refine(isDate, A_DAY);
