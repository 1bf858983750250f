import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadConfig } from '../../config.ts';
import { withDotEnv } from '../service/environment.ts';
import { StartFailure, sentenceOf } from '../service/sentence.ts';
import { ASSET_OPTIONS, addAsset, buildInstaller, listAssets } from './assets.ts';
import { IMAGE_OPTIONS, addImage } from './images.ts';
import { TOKEN_OPTIONS, createToken, printSignInLink, setPassword } from './people.ts';
import { reachService } from './service.ts';
import { USAGE } from './usage.ts';

/** One command of the command line. Answers with the exit code. */
export async function runCommand(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  try {
    await dispatch(words, environment);
    return 0;
  } catch (error) {
    process.stderr.write(`octofleet: ${sentenceOf(error)}\n`);
    return 1;
  }
}

async function dispatch(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { values, positionals } = parse(words);
  const [noun = 'help', verb, subject] = positionals;
  if (values.help || noun === 'help') {
    console.log(USAGE);
    return;
  }
  const env = await withDotEnv(environment, fileURLToPath(new URL('../../.env', import.meta.url)));
  const config = loadConfig(env);
  const service = () => reachService(config, { url: values.url, token: values.token });
  switch (`${noun} ${verb ?? ''}`.trim()) {
    case 'assets list':
      return listAssets(await service());
    case 'assets add':
      await addAsset(await service(), subject, values);
      return;
    case 'assets build':
      if (subject !== 'linux-installer') throw new StartFailure('only “linux-installer” is built here');
      return buildInstaller(await service(), config, values.hardware);
    case 'image add':
      return addImage(await service(), subject, values);
    case 'tokens create':
      return createToken(await service(), subject, values.days);
    case 'sign-in-link':
      return printSignInLink(config);
    case 'user password':
      return setPassword(config, subject);
    default:
      throw new StartFailure(`there is no command “${positionals.join(' ')}”; “octofleet help” lists them`);
  }
}

type Words = ReturnType<typeof parseWords>;

function parseWords(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      ...ASSET_OPTIONS,
      ...IMAGE_OPTIONS,
      ...TOKEN_OPTIONS,
      url: { type: 'string' },
      token: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

function parse(words: readonly string[]): Words {
  try {
    return parseWords(words);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('. ')[0] : undefined;
    throw new StartFailure(`${why ?? 'these words cannot be read'}; “octofleet help” lists them`, { cause: error });
  }
}
