/**
 * Passwords that every guessing list begins with, written down by their pattern: people take a word, a name, a team or
 * a run on the keyboard, put digits or a sign behind it, or write it twice. Words × endings are some ten thousand
 * passwords, all the popular ones of eight characters and more among them (R-PW6).
 */
const WORDS = `
password passwort passw0rd motdepasse contrasena wachtwoord qwerty qwertz azerty qwertyuiop asdfgh asdfghjkl zxcvbn
zxcvbnm qazwsx qazwsxedc wsxedc abc abcd abcdef abcdefg abcdefgh abc123 iloveyou iloveyouforever ilovehim iloveher
welcome letmein changeme changethis default secret topsecret supersecret admin administrator root sysadmin master
superuser login guest user test testing tester temp temporary demo example sample access internet computer server
windows microsoft google facebook instagram twitter youtube netflix amazon apple samsung android iphone nintendo
playstation xbox minecraft fortnite roblox pokemon pikachu naruto sasuke goku starwars skywalker vader jedi matrix
superman batman spiderman ironman wolverine avengers captain warrior wizard gandalf legolas hobbit hogwarts potter
harrypotter voldemort dragon tiger lion eagle falcon phoenix monkey donkey chicken turtle dolphin shark panda bear
kitty hellokitty kitten puppy doggy horse pony unicorn butterfly flower rose sunflower daisy violet sunshine moonlight
rainbow summer winter spring autumn january february march april june july august september october november december
monday friday sunday morning freedom liberty justice america london paris berlin madrid barcelona chelsea arsenal
liverpool manchester manchesterunited juventus realmadrid football soccer baseball basketball hockey tennis golf
cowboys steelers lakers yankees michael jordan jennifer jessica ashley amanda nicole daniel matthew andrew joshua
christopher christian robert richard william thomas charlie charles george james john jonathan patrick anthony steven
brandon justin tyler samantha elizabeth victoria stephanie melissa michelle danielle alexander alexandra maria sophie
emma olivia princess prince queen king angel angels heaven jesus jesuschrist christ god blessed faith family mother
father daddy mommy sister brother babygirl baby lover love loveme lovely sweetheart honey sugar candy chocolate cookie
cupcake banana orange cherry strawberry pepper cheese coffee pizza whatever nothing something trustno trustnoone
fuckyou fuckoff asshole bitch shadow hunter killer ninja samurai pirate soldier sniper ranger predator legend hero
mustang ferrari porsche mercedes corvette harley yamaha honda toyota subaru guitar music metallica nirvana slipknot
eminem beatles blink rockstar hannah purple yellow silver golden diamond crystal emerald money dollar cash million
lucky winner victory success hello helloworld goodbye hola ciao bonjour please thankyou mypassword newpassword
oldpassword yourpassword thispassword thisismypassword password1 password123 adminadmin correcthorsebatterystaple
correcthorse batterystaple unbelievable michaeljackson onedirection justinbieber linkinpark mychemicalromance
greenday dreamer forever foreverlove together friends bestfriend bestfriends school college teacher student office
company business manager director support service system network database oracle mysql cisco router alpha omega
abracadabra opensesame sesame mellon swordfish joshua rosebud buster ginger snoopy scooby garfield mickey mouse minnie
tinkerbell cinderella snowwhite pumpkin peanut muffin bubbles tigger maggie bailey sparky lucky pookie cuddles
`
  .trim()
  .split(/\s+/);

const ENDINGS = `
1 2 3 7 0 01 11 12 13 21 22 23 69 77 88 99 00 007 101 111 123 222 321 333 420 456 555 666 777 789 999 000 1234 2345 4321
1111 2000 2001 2010 2012 2015 2018 2019 2020 2021 2022 2023 2024 2025 2026 2027 1990 1991 1992 1993 1994 1995 1996 1997
1998 1999 12345 54321 123456 654321 1234567 12345678 123456789 1234567890 0123 01234 0123456789 ! !! !!! 1! 12! 123! 1234! 12345! 123456! ? . * @ # $
2024! 2025! 2026! @123 @1234 #1 abc xyz qwe asd me you
`
  .trim()
  .split(/\s+/);

/** Runs that are neither words nor one row of keys. */
const WHOLE = `
1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw2 zaq12wsx zaq12wsxcde3 zaq1xsw2 q1w2e3r4
q1w2e3r4t5 q1w2e3r4t5y6 qwer1234 qwerty12 1234qwer 1234qwerasdf 12qwaszx 123qwe123 123qweasd 123qweasdzxc qweasdzxc qweasd123
asdf1234 asdfasdf asdasdasd qweqweqwe zxczxczxc qazqazqaz abcabcabc abcd1234 abcd1234efgh 1234abcd 123abc123 a1b2c3d4 a1b2c3d4e5
a1b2c3d4e5f6 aa123456 aa12345678 a123456789 a1234567890 p@ssw0rd p@ssword pa55word pa55w0rd 11223344 1122334455 112233445566
12341234 123123123 123123123123 12344321 1234567887654321 123456654321 111222333 111222333444 147258369 147258369000 159357159357
741852963 741852963000 789456123 789456123000 0987654321 9876543210 987654321 98765432 696969696969 101010101010 121212121212
131313131313 202020202020 123454321 12345654321 1234567890ab 1234567890-= 1234567890qw qwertyuiop123 trustno1 trustno1trustno1 iloveyou2 charlie12
`
  .trim()
  .split(/\s+/);

const LOOKS_LIKE: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
};
const plain = (text: string): string => [...text].map((c) => LOOKS_LIKE[c] ?? c).join('');

const WORD_SET = new Set(WORDS);
const PLAIN_WORDS = new Set(WORDS.map(plain));
const ENDING_SET = new Set(ENDINGS);
const WHOLE_SET = new Set(WHOLE);

const isWord = (text: string): boolean => WORD_SET.has(text) || PLAIN_WORDS.has(plain(text));

/** How many passwords the list stands for, not counting spellings with digits for letters. */
export const COMMON_PASSWORD_COUNT = WORDS.length * (ENDINGS.length + 2) + WHOLE.length;

/**
 * Whether a password is among those that are tried first.
 * @param folded in lower case, NFKC
 */
export function isCommonPassword(folded: string): boolean {
  if (WHOLE_SET.has(folded) || isWord(folded) || isRepeated(folded)) return true;
  for (let at = Math.max(1, folded.length - 10); at < folded.length; at++) {
    if (ENDING_SET.has(folded.slice(at)) && isKnown(folded.slice(0, at))) return true;
  }
  return false;
}

const isKnown = (text: string): boolean => isWord(text) || WHOLE_SET.has(text) || isRepeated(text);

/** A word, or the beginning of the counting, written twice or three times. */
function isRepeated(text: string): boolean {
  return [2, 3].some((times) => {
    const part = text.slice(0, text.length / times);
    return part.length >= 3 && part.repeat(times) === text && (isWord(part) || ENDING_SET.has(part));
  });
}
