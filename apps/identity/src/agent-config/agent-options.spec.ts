import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartProblem } from '#boot';
import { testDir } from '../../../../test/support/run.js';
import { readAgentFile } from './agent-options.js';

const file = (text: string): string => {
  const path = join(testDir('agent'), 'agent.yaml');
  writeFileSync(path, text);
  return path;
};
const problem = (text: string): string => {
  try {
    readAgentFile(file(text));
  } catch (error) {
    return (error as StartProblem).why;
  }
  throw new Error('the file was accepted');
};

it('C-agent_config.get: the file of the project is right', () => {
  const { allowed, defaults } = readAgentFile(join(__dirname, '../../../../config/agent.yaml'));
  expect(allowed.tts_provider).toContain(defaults.voice.tts_provider);
});

it('C-agent_config.put: everything that is wrong with the file is told at once', () => {
  const why = problem(`
tts_providers: [one]
stt_providers: []
emotions: [calm, Very Calm]
extras: {}
defaults:
  voice: { tts_provider: two, stt_provider: x, voice: null, language: en, emotion: calm, pace: fast }
`);
  for (const part of ['extras', 'stt_providers', 'Very Calm', 'defaults.voice.pace', 'defaults.avatar']) {
    expect(why).toContain(part);
  }
});

it('C-agent_config.put: a default that is not on its own list is told', () => {
  const surface = '{ enabled: false, system_prompt: "" }';
  const why = problem(`
tts_providers: [one]
stt_providers: [x]
emotions: [calm]
defaults:
  avatar: { name: null, image_url: null, vrm_id: null, vrm_url: null }
  voice: { tts_provider: two, stt_provider: x, voice: null, language: en, emotion: calm, pace: 1 }
  live: ${surface}
  social: ${surface}
  persona: ${surface}
  world: ${surface}
`);
  expect(why.trim()).toBe('defaults.voice.tts_provider: is not on its own list');
});

it('C-agent_config.put: what is no YAML is told with its place', () => {
  expect(problem('tts_providers: [')).toMatch(/no YAML/);
});
