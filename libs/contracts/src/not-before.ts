import { ValidateBy } from 'class-validator';

/** A time that is not before the one in another field of the message. */
export const NotBefore = (other: string): PropertyDecorator =>
  ValidateBy({
    name: 'notBefore',
    constraints: [other],
    validator: {
      // Of what is no time the fields' own rules tell.
      validate: (value, args) =>
        !(Date.parse(value as string) < Date.parse((args!.object as Record<string, string>)[other]!)),
      defaultMessage: () => `$property must not be before ${other}`,
    },
  });
