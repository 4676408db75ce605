import { catalogue } from '../lib/domains.ts';
import { operation } from '../lib/platform/operation.ts';
import { createLooking } from '../lib/platform/ops/looking.ts';
import { mendInput, mendStream } from '../lib/platform/ops/mend.ts';
import { resources } from '../lib/platform/resources.ts';

const looking = createLooking(catalogue, resources);

/** Puts the read documents of one aggregate right. */
export const handler = operation(mendInput, (input) => mendStream(looking, input));
