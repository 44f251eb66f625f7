import { Command } from 'commander';
import { writeComposeFiles } from './compose.js';
import { Deployment } from './deployment.js';
import { kubernetesSecrets } from './kubernetes.js';

const STATE: [string, string, string] = ['--state <dir>', 'folder that keeps keys and passwords', '.gatehouse-deploy'];

/** `gatehouse deploy`: the secrets and generated files of a deployment, made once. */
export function deployCommand(): Command {
  const command = new Command('deploy').description('make the secrets and generated files of a deployment');
  command
    .command('compose')
    .description('write what docker-compose.yml needs into the state folder')
    .option(...STATE)
    .action(({ state }: { state: string }) => {
      for (const file of writeComposeFiles(Deployment.open(state), process.env)) process.stdout.write(`${file}\n`);
    });
  command
    .command('kubernetes')
    .description('print the Secrets that k8s/ needs')
    .option(...STATE)
    .option('--namespace <name>', 'namespace of the Secrets', 'gatehouse')
    .action(({ state, namespace }: { state: string; namespace: string }) => {
      process.stdout.write(kubernetesSecrets(Deployment.open(state), namespace, process.env));
    });
  return command;
}
