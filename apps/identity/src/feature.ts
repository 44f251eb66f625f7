import type { Provider, Type } from '@nestjs/common';

/** What one feature folder brings into the service. Features share one injector: they use each other's services. */
export interface Feature {
  controllers?: Type[];
  providers?: Provider[];
  entities?: Type[];
}
