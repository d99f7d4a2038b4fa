// A provider for tests: the accounts are those of a file, read anew at each sign-in, so that a test can change them.
import { readFileSync } from 'node:fs'
import Provider from 'oidc-provider'

const settings = JSON.parse(process.env.OIDC_SETTINGS)
const world = () => JSON.parse(readFileSync(settings.world, 'utf8'))

async function findAccount(context, id) {
  const account = world().accounts[id]
  return account && { accountId: id, claims: async () => ({ sub: id, ...account }) }
}

const provider = new Provider(`http://127.0.0.1:${settings.port}`, {
  clients: settings.clients,
  jwks: settings.jwks,
  cookies: { keys: ['a key of the tests'] },
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name'],
    groups: ['groups'],
  },
  scopes: ['openid', 'email', 'profile', 'groups'],
  conformIdTokenClaims: settings.conform_id_token_claims,
  findAccount,
})

// What the network must not be able to do: another id_token in the place of the right one.
provider.use(async (context, next) => {
  await next()
  const { replace_id_token: other, break_token_endpoint: broken } = world()
  if (context.path === '/token' && context.body?.id_token && other) context.body.id_token = other
  if (context.path === '/token' && broken) context.status = 503
})

provider.listen(settings.port, '127.0.0.1', () => console.log('listening'))
