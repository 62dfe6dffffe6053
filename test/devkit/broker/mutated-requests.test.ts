import { describeFuzz } from './fuzz/fuzz-test.ts';

describeFuzz({ count: 3000 });
