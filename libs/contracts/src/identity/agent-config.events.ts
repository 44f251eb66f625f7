import { event } from '../event.js';
import { TextList, Uuid } from '../fields.js';

export class AgentConfigUpdatedData {
  @Uuid() user_id!: string;
  @TextList({ description: 'Sections that the change named.' }) sections!: string[];
}
export const AgentConfigUpdated = event('identity.agent_config.updated', {
  data: AgentConfigUpdatedData,
  publicName: 'agent_config.updated',
  summary: 'A person changed the agent.',
});
