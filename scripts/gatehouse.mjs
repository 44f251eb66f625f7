#!/usr/bin/env node
/** `npx gatehouse …`: the command line of operators; `--help` lists what it can do. */
import { runBuilt } from './lib/cli.mjs';

await runBuilt('apps/cli/src/main.js');
