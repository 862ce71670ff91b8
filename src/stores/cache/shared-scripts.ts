// What the server does in one step, in its Lua. An entry is a hash: h = sealed head, t = tag of the body, b = the body where it is small,
// v = another text after every change. Each script touches one entry with its lease, or the pieces of one body.

/** Puts an entry in the place of another, and gives the tag of the old body. KEYS: entry. ARGV: lifetime, h, t, b, v. */
export const PUT = `
local old = redis.pcall('HGET', KEYS[1], 't')
if type(old) == 'table' then redis.call('DEL', KEYS[1]) end
redis.call('HSET', KEYS[1], 'h', ARGV[2], 't', ARGV[3], 'b', ARGV[4], 'v', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return type(old) == 'string' and old or ''`;

/** Puts another head before the same body. KEYS: entry. ARGV: lifetime, h, t, v. */
export const UPDATE = `
if redis.call('HGET', KEYS[1], 't') ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], 'h', ARGV[2], 'v', ARGV[4])
return redis.call('PEXPIRE', KEYS[1], ARGV[1])`;

/** Removes an entry, with an ARGV only while it has this tag, and gives its tag. KEYS: entry. ARGV: t or ''. */
export const REMOVE = `
local tag = redis.pcall('HGET', KEYS[1], 't')
if ARGV[1] ~= '' and tag ~= ARGV[1] then return '' end
redis.call('DEL', KEYS[1])
return type(tag) == 'string' and tag or ''`;

/** Gives pieces another lifetime, and says how many there are. KEYS: pieces. ARGV: lifetime. */
export const RENEW_PIECES = `
local found = 0
for i = 1, #KEYS do found = found + redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
return found`;

/** Asks to be the one who fetches. KEYS: lease, entry. ARGV: token, lifetime, the v that was seen. */
export const CLAIM = `
local version = redis.pcall('HGET', KEYS[2], 'v')
if type(version) ~= 'string' then version = '' end
if version ~= ARGV[3] then return 'look' end
local holder = redis.call('GET', KEYS[1])
if holder == 'alone' then return 'alone' end
if holder then return 'wait' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'mine'`;

/** KEYS: lease. ARGV: token, lifetime. */
export const RENEW_LEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** Ends a lease; with a lifetime, nobody waits for anybody for so long. KEYS: lease. ARGV: token, lifetime or ''. */
export const END_LEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], 'alone', 'PX', ARGV[2])
return 1`;
