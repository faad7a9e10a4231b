// Every test file runs with the messages that src/main.ts sets for the process.
import { z } from 'zod';

import { plainMessage } from '../../src/refusal.ts';

z.config({ customError: plainMessage });
