#include "script/verbs.h"
#include <stddef.h>

#define CHECK "[CHECK]"
const struct verb verbs[] = {
	{ "connects", VERB_ACTOR, STEP_CONNECTS, OPTIONS_CONNECT | OPTION_UNBOUND, BLOCK_NONE,
		"A connects [unbound] [over starttls|direct|ws] [by MECHANISM] [as RESOURCE] [with password TEXT] " CHECK
		", A connects [with secret TEXT] " CHECK,
		"Connects, secures the stream, authenticates and binds. Neither roster nor presence is sent. `unbound` stops "
		"after authentication, with the stream features in the inbox. A component connects by TCP, and is let in by its handshake.",
		"phone connects by SCRAM-SHA-1" },
	{ "opens", VERB_ACTOR, STEP_OPENS, OPTIONS_CONNECT | OPTION_CERTIFICATE, BLOCK_NONE,
		"A opens [secured|authenticated] [for servers [with certificate DOMAIN]] [over starttls|direct|ws] [by MECHANISM] "
		"[with password TEXT] " CHECK,
		"Connects by TCP, and no more: the stream is set up by the scenario, with `sends raw`. `secured`: TLS is set up; over `ws`: "
		"the WebSocket is open, and each `sends raw` is a message of its own; "
		"`authenticated`: the account is logged in, and the stream is yet to be restarted. All that comes is in the inbox, also "
		"the server's header, as an empty `<stream:stream/>`. `for servers`: it comes where other "
		"servers do, and shows a certificate of the domain which no authority knows, or none. A component `opens` where components "
		"come in; what comes is then in the namespace that it has on the wire, jabber:component:accept.",
		"phone opens secured" },
	{ "secures", VERB_ACTOR, STEP_SECURES, OPTION_CHECK, BLOCK_NONE, "A secures [or ends] " CHECK,
		"Begins the TLS handshake on a connection that was opened, and waits for its end. `or ends`: it is as good if the handshake "
		"fails or the connection ends before anything else comes; the actor's steps that follow are then met.",
		"phone secures" },
	{ "restarts", VERB_ACTOR, STEP_RESTARTS, 0, BLOCK_NONE, "A restarts",
		"Takes what comes from now on, on a connection that was opened, for a new stream. Sends nothing.",
		"phone restarts" },
	{ "is refused alike", VERB_ACTOR, STEP_ALIKE, OPTION_CHECK | OPTION_BY, BLOCK_NONE,
		"A is refused alike [by MECHANISM] " CHECK,
		"Tries to log in with a wrong password, as the actor's account and as one that there is not, in turns: the refusals must take "
		"the same time. A hundred and twenty tries at least; more, up to 720, until the 99 % interval of the difference lies within a "
		"millisecond of nothing (met) or beyond it (not met). Otherwise nothing is known. The report tells the difference and the "
		"effect size, with their intervals.",
		"phone is refused alike by PLAIN should RFC6120#sasl-unknown-user" },
	{ "is refused", VERB_ACTOR, STEP_REFUSED, OPTIONS_CONNECT, BLOCK_NONE,
		"A is refused [over …] [by …] [as …] [with password TEXT] " CHECK
		", A is refused [with secret TEXT] " CHECK,
		"Tries to connect; the server must refuse in authentication or binding. A failure of TCP or TLS is not a refusal.",
		"phone is refused with password wrong must RFC6120#sasl-failure" },
	{ "disconnects", VERB_ACTOR, STEP_DISCONNECTS, 0, BLOCK_NONE, "A disconnects",
		"Closes the stream cleanly and waits for the server's closing tag.", "phone disconnects" },
	{ "cuts", VERB_ACTOR, STEP_CUTS, 0, BLOCK_NONE, "A cuts",
		"Resets the TCP connection, without closing the stream: what a phone does in a tunnel.", "phone cuts" },
	{ "resumes", VERB_ACTOR, STEP_RESUMES, OPTIONS_CONNECT | OPTION_H, BLOCK_NONE,
		"A resumes [with h TEXT] [over …] [by …] " CHECK,
		"Connects anew, authenticates and resumes the device's stream management session (XEP-0198); `<resumed/>` must "
		"come, and is in the inbox afterwards. `with h` lies about the number of stanzas handled.",
		"phone resumes must XEP-0198#resumption" },
	{ "acks", VERB_ACTOR, STEP_ACKS, 0, BLOCK_NONE, "A acks by hand|by itself",
		"Whether requests for acknowledgement (`<r/>`) are left to the scenario or answered by the device (the default).",
		"phone acks by hand" },
	{ "sends raw", VERB_ACTOR, STEP_SENDS_RAW, 0, BLOCK_RAW, "A sends raw + block",
		"Sends the block's text as it is, after `${…}`: also what is no stanza, or no XML.",
		"phone sends raw\n    <message" },
	{ "fetches", VERB_ACTOR, STEP_FETCHES, 0, BLOCK_NONE, "A fetches URL",
		"Asks for a document by HTTPS, on a connection of its own. The answer is in the inbox: `<answer xmlns=\"urn:assay:http:0\">` "
		"with the attributes `status`, `type` (Content-Type) and `origin` (Access-Control-Allow-Origin), and the document's root "
		"element in it, or its text.",
		"phone fetches ${host-meta}" },
	{ "posts", VERB_ACTOR, STEP_FETCHES, 0, BLOCK_RAW, "A posts URL + block",
		"The same, with the block's text as the body of a POST.", "phone posts ${bosh}\n    <body/>" },
	{ "sends", VERB_ACTOR, STEP_SENDS, 0, BLOCK_STANZAS, "A sends + block of one or more stanzas",
		"Sends them in order.", "phone sends\n    <presence/>" },
	{ "asks", VERB_ACTOR, STEP_ASKS, 0, BLOCK_IQ, "A asks + block of one `<iq type=\"get|set\">`",
		"Sends a request; an id is filled in where there is none. `is answered` looks at the answer.",
		"phone asks\n    <iq type=\"get\"><ping xmlns=\"urn:xmpp:ping\"/></iq>" },
	{ "is answered", VERB_ACTOR, STEP_ANSWERED, OPTION_CHECK | OPTION_WITHIN | OPTION_EXACTLY, BLOCK_PATTERNS,
		"A is answered [exactly] [within TIME] " CHECK " + block of one `<iq/>`",
		"The answer to the actor's last request: same id, from whom it was sent to. The first answer decides at once.",
		"phone is answered must XEP-0199#result\n    <iq type=\"result\"/>" },
	{ "gets to read", VERB_ACTOR, STEP_READS, OPTION_CHECK, BLOCK_NONE, "A gets to read TEXT " CHECK,
		"Waits for something encrypted by OMEMO that A can decrypt to this text, and takes it; what else is encrypted, with another text or "
		"none, is decrypted in its order and passed over.",
		"phone gets to read hark must XEP-0384#readable" },
	{ "gets", VERB_ACTOR, STEP_GETS,
		OPTION_CHECK | OPTION_WITHIN | OPTION_TOGETHER | OPTION_NEXT | OPTION_EITHER | OPTION_EXACTLY |
			OPTION_ONCE | OPTION_UNTIL,
		BLOCK_PATTERNS,
		"A gets [together|next|either] [exactly] [once] [within TIME] " CHECK
		" [until FENCE] + block of one or more stanzas",
		"Waits for stanzas that match. Others are passed over and stay in the inbox. Several are expected one after the "
		"other; `together`: in any order; `either`: one of them; `next`: the very next stanza decides; `once`: none that "
		"matches may follow until the scenario ends; `exactly`: nothing may be there that is not named. With a fence, a "
		"stanza that has not come before the fence is missing at once.",
		"laptop gets must XEP-0280#inbound until fence carbon juliet phone\n"
		"    <message><received xmlns=\"urn:xmpp:carbons:2\"/></message>" },
	{ "never", VERB_ACTOR, STEP_NEVER, OPTION_CHECK | OPTION_WITHIN | OPTION_EXACTLY | OPTION_UNTIL, BLOCK_PATTERNS,
		"A never [exactly] [within TIME] " CHECK " until FENCE + block of one or more stanzas",
		"None of them may be in the inbox (unless an earlier step took it) when the fence has arrived.",
		"phone never must XEP-0280#inbound until fence direct juliet\n"
		"    <message><received xmlns=\"urn:xmpp:carbons:2\"/></message>" },
	{ "got", VERB_ACTOR, STEP_GOT, OPTION_CHECK | OPTION_NEEDED, BLOCK_XPATHS,
		"A got [needed] " CHECK " + block of XPath expressions, one a line",
		"Each must be true of the last stanza that a step of this actor took. Prefixes are declared in the header. There is one function "
		"beside XPath's, `capabilities-hash(QUERY, ALGORITHM)`, of an answer of disco#info (XEP-0115 section 5.1). `needed`, of "
		"what is no check: where it is not so, the server does not offer what the scenario is about, and the checks that follow "
		"are `unsupported`.",
		"phone got must XEP-0313#order\n    count(//rsm:first) = 1" },
	{ "keeps", VERB_ACTOR, STEP_KEEPS, 0, BLOCK_XPATH,
		"A keeps NAME [as SLUG : TITLE] + block of one XPath expression",
		"Keeps the expression's text as a variable; empty text is a failure. With a slug and a title it is also written to the report, as "
		"what was found out about the server; then empty text is none, and nothing is written.",
		"phone keeps largest as largest-file : The largest file, in bytes\n    string(//data:field/data:value)" },
	{ "is closed", VERB_ACTOR, STEP_CLOSED, OPTION_CHECK | OPTION_WITHIN | OPTION_CLEANLY, BLOCK_MAYBE_PATTERN,
		"A is closed [cleanly] [within TIME] " CHECK " [+ block of one stream error]",
		"The server must end the stream; `cleanly`: with `</stream:stream>`.",
		"phone is closed must RFC6120#conflict\n    <stream:error><conflict xmlns=\"urn:ietf:params:xml:ns:xmpp-streams\"/>"
		"</stream:error>" },
	{ "marks", VERB_ACTOR, STEP_MARKS, 0, BLOCK_NONE, "A marks NAME",
		"Remembers the instant of the actor's last stanza sent or taken.", "phone marks received" },
	{ "measure", VERB_ALONE, STEP_MEASURE, 0, BLOCK_NONE, "measure LABEL from MARK to MARK",
		"Writes the time between two marks to the report.", "measure delivery from sent to received" },
	{ "encode", VERB_ALONE, STEP_LET, 0, BLOCK_NONE, "encode NAME TEXT",
		"Sets a variable to the rest of the line in base64, as SASL sends it.",
		"encode first n,,n=${romeo.user},r=abc" },
	{ "decode", VERB_ALONE, STEP_LET, 0, BLOCK_NONE, "decode NAME TEXT",
		"Sets a variable to the text that the rest of the line holds in base64.", "decode challenge ${run}" },
	{ "attribute", VERB_ALONE, STEP_LET, 0, BLOCK_NONE, "attribute NAME LETTER [needed] TEXT",
		"Sets a variable to the value of an attribute of the SCRAM message (RFC 5802) that the rest of the line is. `needed`: where there "
		"is none, the server does not offer what the scenario is about, and the checks that follow are `unsupported`.",
		"attribute nonce r ${run}" },
	{ "fill", VERB_ALONE, STEP_LET, 0, BLOCK_NONE, "fill NAME TEXT",
		"Sets a variable to as many letters as the rest of the line says, 4,000,000 at most; `N of TEXT`: to a text so many times.",
		"fill padding 9000\nfill deep 1000 of <a>" },
	{ "proves", VERB_ACTOR, STEP_PROVES, 0, BLOCK_NONE, "A proves PROOF SIGNATURE MECHANISM TEXT",
		"Sets two variables: the proof that a client with the password of the actor's account gives, and the signature that the "
		"server must give. The rest of the line is SCRAM's AuthMessage (RFC 5802 section 3), right or wrong. With a mechanism of hashed "
		"tokens, such as HT-SHA-256-EXPR, it is the token, and PROOF is all that the client sends first.",
		"phone proves proof signature SCRAM-SHA-1 n=romeo,r=abc,r=abcdef,s=AAAA,i=4096,c=biws,r=abcdef" },
	{ "shakes hands", VERB_ACTOR, STEP_SHAKES, 0, BLOCK_NONE, "A shakes hands NAME TEXT",
		"Sets a variable to what proves that A, a component, knows its secret on a stream whose id the rest of the line is (XEP-0114 "
		"section 3). It is never shown.",
		"bridge shakes hands proof ${id}" },
	{ "sums", VERB_ACTOR, STEP_SUMS, 0, BLOCK_NONE, "A sums NAME MECHANISM [of sasl2]",
		"Sets a variable to the hash, by the digest of the SCRAM mechanism, of all that the stream features offer which the actor "
		"took last: the mechanisms of SASL (or of SASL2) and the channel bindings (XEP-0474).",
		"phone sums offered SCRAM-SHA-1" },
	{ "has keys", VERB_ACTOR, STEP_KEYS, 0, BLOCK_NONE,
		"A has keys omemo|axolotl [numbered as B], A has keys openpgp [of B]",
		"Makes the keys of a device of OMEMO (XEP-0384; `axolotl`: its older form) for the actor, as long as the scenario lasts. `numbered as B`: "
		"with the number of B's device, as if it were taken by another. In what is sent, `<bundle xmlns=\"urn:assay:omemo:0\" of=\"A\"/>` is then the actor's bundle, `<devices … of=\"A B\"/>` a list of devices, and "
		"`<encrypted … for=\"A B\">TEXT</encrypted>` the text as the sender encrypts it for these devices; without text: keys alone; with elements in it: an envelope of OMEMO 2 that holds these. "
		"With `group=\"JID\"` the envelope of OMEMO 2 says that it is for this address: a room's, or an account's. "
		"`<repeated … of=\"A\"/>` is once more what A encrypted last. With `forged` one thing in them is spoilt: in a bundle the `signature`, "
		"the `signed-prekey`, the `identity`, or there are a `short-key` or `no-prekeys`; in what is encrypted each `key` or the `payload`. "
		"`openpgp`: makes a key of OpenPGP (XEP-0373) besides, or (`of B`, another device of the account) takes B's. "
		"`<pubkey xmlns=\"urn:assay:openpgp:0\" of=\"A\"/>` is then the key, `<public-keys-list … of=\"A B\"/>` the list of keys, "
		"`<secretkey … of=\"A\"/>` the encrypted backup of the key, and `<openpgp … for=\"A B\">TEXT</openpgp>` the text, signed by the sender "
		"and encrypted for the accounts of these; with `kind=\"sign\"` only signed, with `kind=\"crypt\"` only encrypted.",
		"phone has keys omemo" },
	{ "rotates keys", VERB_ACTOR, STEP_ROTATES, 0, BLOCK_NONE, "A rotates keys",
		"Makes a new signed prekey; the one before is kept for messages that are on their way.",
		"phone rotates keys" },
	{ "forgets", VERB_ACTOR, STEP_FORGETS, 0, BLOCK_NONE, "A forgets B",
		"A has no session with B any more, as after a loss of data; B's identity stays known.",
		"phone forgets juliet" },
	{ "learns", VERB_ACTOR, STEP_LEARNS, OPTION_CHECK, BLOCK_NONE, "A learns B " CHECK,
		"Takes B's bundle out of the last stanza that A took: its signature and keys must be right, and its identity that which A knows. "
		"Of OpenPGP: the list of keys, which must name B's, or then the key itself, which must be announced and B's.",
		"phone learns juliet" },
	{ "refuses keys of", VERB_ACTOR, STEP_LEARNS, OPTION_CHECK, BLOCK_NONE, "A refuses keys of B " CHECK,
		"The bundle, list of keys or key in the last stanza that A took must not be taken for B's.",
		"phone refuses keys of juliet" },
	{ "restores keys of", VERB_ACTOR, STEP_RESTORES, OPTION_CHECK, BLOCK_NONE, "A restores keys of B " CHECK,
		"Takes B's key of OpenPGP out of the encrypted backup in the last stanza that A took, by the code that B made with it. B is "
		"another device of the account.",
		"laptop restores keys of phone" },
	{ "reads", VERB_ACTOR, STEP_READS, OPTION_CHECK, BLOCK_NONE, "A reads TEXT [from B] " CHECK,
		"Decrypts what is in the last stanza that A took, also inside a copy or a result of an archive; it must be this text (`\"\"`: keys "
		"alone). The sender is the stanza's, or B (in a room). What the envelope of OMEMO 2 says of sender, recipient and time must fit "
		"the stanza (XEP-0420 section 4).",
		"phone reads hark must RFC6120#unmodified" },
	{ "cannot read", VERB_ACTOR, STEP_READS, OPTION_CHECK, BLOCK_NONE,
		"A cannot read [because REASON] [from B] " CHECK,
		"What is encrypted in the last stanza that A took is not for A, or cannot be decrypted; with a reason, for just that one: `not-for-us`, "
		"`no-session`, `prekey-gone` (it was used before), `identity-changed`, `repeated` (read before) or `unreadable` (broken, or forged).",
		"phone cannot read because repeated" },
	{ "uploads", VERB_ACTOR, STEP_UPLOADS, OPTION_CHECK, BLOCK_NONE, "A uploads NAME SIZE " CHECK,
		"Encrypts a file of that many bytes (XEP-0454) and puts it where the slot says that is in the last stanza which A took (XEP-0363), "
		"with the slot's headers, by HTTPS; the answer must be 201. NAME is then the link to the file, `aesgcm://…`.",
		"phone uploads file 5000 must XEP-0363#put" },
	{ "cannot upload", VERB_ACTOR, STEP_UPLOADS, OPTION_CHECK, BLOCK_NONE, "A cannot upload SIZE " CHECK,
		"The same, and it must be refused.", "phone cannot upload 6000 must XEP-0363#length" },
	{ "downloads", VERB_ACTOR, STEP_DOWNLOADS, OPTION_CHECK, BLOCK_NONE, "A downloads LINK " CHECK,
		"Fetches the file of an `aesgcm://` link by HTTPS and decrypts it: it must be, byte for byte, what was uploaded, and must not lie "
		"there in the clear.",
		"phone uploads file 5000\njuliet downloads ${file} must XEP-0363#get" },
	{ "hidden", VERB_ALONE, STEP_HIDDEN, OPTION_CHECK, BLOCK_NONE, "hidden TEXT [from A] " CHECK,
		"The text is in nothing that any actor of the scenario has got so far, neither as it is nor as the base64 of itself. Of a client "
		"under test: in nothing that it has sent. `from A`: nor is it what A, by its keys of OMEMO, can decrypt of what it has got and has "
		"not read yet.",
		"hidden hark" },
	{ "let", VERB_ALONE, STEP_LET, 0, BLOCK_NONE, "let NAME TEXT", "Sets a variable to the rest of the line.",
		"let room talk@${muc}" },
	{ "same", VERB_ALONE, STEP_SAME, OPTION_CHECK, BLOCK_NONE, "same TEXT TEXT " CHECK,
		"Both must be equal; quote a text with blanks.",
		"same ${live-id} ${archive-id} must XEP-0359#same-id" },
	{ "differ", VERB_ALONE, STEP_DIFFER, OPTION_CHECK, BLOCK_NONE, "differ TEXT TEXT " CHECK, "Both must differ.",
		"differ ${first} ${second}" },
	{ "connects", VERB_CLIENT, STEP_CONNECTS, OPTION_CHECK, BLOCK_NONE, "C connects " CHECK,
		"Of a client under test (`actor C client …`): its adapter is started, and told to `connect`. It comes to the gateway, and through it to "
		"the server, with what it sends by itself: roster, presence, carbons. Afterwards `${C.jid}` is its address.",
		"client connects" },
	{ "is not deceived by", VERB_CLIENT, STEP_DECEIVED, OPTION_CHECK, BLOCK_NONE, "C is not deceived by LIE " CHECK,
		"It is told to connect, the gateway tells it a lie while it does, and it must not fall for that; the lies are below. Decided when it "
		"has given up, when it has come twice, or after three times the step's deadline, as it may ask its user. Where it has not come to where it "
		"is lied to, nothing is known. Afterwards the gateway is honest again, and the client may have come back by itself: `C connects` is then "
		"met. That the client can connect at all is to be shown too, before or afterwards.",
		"client disconnects\nclient is not deceived by expired-certificate must RFC6120#certificate-of-server" },
	{ "survives", VERB_CLIENT, STEP_SURVIVES, OPTION_CHECK | OPTION_WITHIN, BLOCK_NONE,
		"C survives [within TIME] " CHECK,
		"It answers a ping of its server; or, where its connection is lost, comes back by itself or when it is told to, and answers then.",
		"client survives must CLIENT#survives" },
	{ "disconnects", VERB_CLIENT, STEP_DISCONNECTS, 0, BLOCK_NONE, "C disconnects", "It is told to `disconnect`.",
		"client disconnects" },
	{ "does", VERB_CLIENT, STEP_DOES, 0, BLOCK_NONE, "C does COMMAND WORDS…",
		"It is told to do something, by a command of docs/adapters.md; a text goes on to the end of the line. Where the client has no such "
		"thing, the checks that follow are `unsupported`.",
		"client does send ${juliet.bare} hark" },
	{ "tries", VERB_CLIENT, STEP_DOES, 0, BLOCK_NONE, "C tries COMMAND WORDS…",
		"Likewise, and it may be that this fails. Then the answer `failed` counts as an event `error`: it says what the user is told, as "
		"that event does where a client hears of it only later.",
		"client tries join talk@${muc} romeo" },
	{ "finds", VERB_CLIENT, STEP_FINDS, 0, BLOCK_NONE, "C finds NAME TEXT",
		"A file whose content is the rest of the line lies in the client's own folder, and the variable is its path: for `send-file`.",
		"client finds file hark" },
	{ "has keys", VERB_CLIENT, STEP_KEYS, 0, BLOCK_NONE, "C has keys omemo|axolotl numbered TEXT",
		"The client's device of OMEMO has that number, as it has published it: `A learns C` takes its bundle, and what is encrypted "
		"`for=\"C\"` is for it. It keeps its keys to itself.",
		"client has keys omemo numbered 31415" },
	{ "never sends", VERB_CLIENT, STEP_NEVER, OPTION_CHECK | OPTION_WITHIN | OPTION_EXACTLY | OPTION_UNTIL,
		BLOCK_PATTERNS,
		"C never sends [exactly] [within TIME] " CHECK " until FENCE + block of one or more stanzas",
		"It has sent none of them (unless an earlier step took it) when the fence has arrived.",
		"client never sends must XEP-0184#to-strangers until fence direct juliet\n"
		"    <message><received xmlns=\"urn:xmpp:receipts\"/></message>" },
	{ "never shows", VERB_CLIENT, STEP_NEVER, OPTION_CHECK | OPTION_WITHIN | OPTION_EXACTLY | OPTION_UNTIL,
		BLOCK_PATTERNS,
		"C never shows [exactly] [within TIME] " CHECK " until FENCE + block of one or more events",
		"It has shown none of them when the fence has arrived.",
		"client never shows must XEP-0280#forged until fence shown juliet\n    <message>hark</message>" },
	{ "sends", VERB_CLIENT, STEP_GETS,
		OPTION_CHECK | OPTION_WITHIN | OPTION_TOGETHER | OPTION_NEXT | OPTION_EITHER | OPTION_EXACTLY |
			OPTION_ONCE | OPTION_UNTIL | OPTION_NEEDED,
		BLOCK_PATTERNS,
		"C sends [needed] [together|next|either] [exactly] [once] [within TIME] " CHECK
		" [until FENCE] + block of one or more stanzas",
		"Waits for stanzas that the client sends, as `gets` does for those that come to other actors. They are seen at the gateway, also "
		"those of authentication; the server gets them too. `needed`, of what is no check: where it does not come, the client does not do what the scenario is about, and the checks that follow are `unsupported`.",
		"client sends must XEP-0184#when-full\n    <message to=\"${juliet.jid}\"><received xmlns=\"urn:xmpp:receipts\"/></message>" },
	{ "shows", VERB_CLIENT, STEP_GETS,
		OPTION_CHECK | OPTION_WITHIN | OPTION_TOGETHER | OPTION_NEXT | OPTION_EITHER | OPTION_EXACTLY |
			OPTION_ONCE | OPTION_UNTIL | OPTION_NEEDED,
		BLOCK_PATTERNS,
		"C shows [needed] [together|next|either] [exactly] [once] [within TIME] " CHECK
		" [until FENCE] + block of one or more events",
		"Likewise of what its user is shown: an event of docs/adapters.md as an element, with its members as attributes and `text` as its text; "
		"what is true is `yes`, and what is not is absent.",
		"client shows must XEP-0280#receive-sent\n    <message from=\"${romeo.bare}\" to=\"${juliet.bare}\" own=\"yes\">hark</message>" },
	{ "sent", VERB_CLIENT, STEP_GOT, OPTION_CHECK | OPTION_NEEDED, BLOCK_XPATHS,
		"C sent [needed] " CHECK " + block of XPath expressions, one a line",
		"Each must be true of the last stanza, or event, that a step of this client took.",
		"client sent must XEP-0184#ack-without-request\n    not(//receipts:request)" },
	{ "keeps", VERB_CLIENT, STEP_KEEPS, 0, BLOCK_XPATH, "C keeps NAME + block of one XPath expression",
		"Keeps the expression's value in it as a variable.", "client keeps id\n    string(/*/@id)" },
	{ "marks", VERB_CLIENT, STEP_MARKS, 0, BLOCK_NONE, "C marks NAME",
		"Remembers the instant of what a step took last.", "client marks answered" },
	{ "gateway injects to", VERB_ALONE, STEP_SENDS, 0, BLOCK_STANZAS,
		"gateway injects to C + block of one or more stanzas",
		"The client gets them as if the server had sent them; the server knows nothing of it.",
		"gateway injects to client\n    <iq type=\"get\" id=\"a\" from=\"${domain}\"><ping xmlns=\"urn:xmpp:ping\"/></iq>" },
	{ "gateway injects raw to", VERB_ALONE, STEP_SENDS_RAW, 0, BLOCK_RAW, "gateway injects raw to C + block",
		"The client gets the block's text as it is, after `${…}`: also what is no stanza, or no XML.",
		"gateway injects raw to client\n    <message" },
	{ "gateway withholds from", VERB_ALONE, STEP_WITHHOLDS, 0, BLOCK_MAYBE_PATTERN,
		"gateway withholds from C [+ block of stanzas]",
		"From now on what the server sends, of stanzas, is kept back; with a block, what fits one of these, acknowledgements too. Until it is released the client has not "
		"handled it; at the scenario's end, or when its connection is cut, it is lost, and with the cut the keeping back is over.",
		"gateway withholds from client\n    <message type=\"chat\"/>" },
	{ "gateway loses from", VERB_ALONE, STEP_LOSES, 0, BLOCK_NONE, "gateway loses from C",
		"From now on what the client sends is seen, and comes to nobody, as on a connection that is broken before either side has noticed; "
		"until it is cut.",
		"gateway loses from client" },
	{ "gateway overlooks", VERB_ALONE, STEP_OVERLOOKS, 0, BLOCK_NONE, "gateway overlooks C",
		"What the client has sent and shown so far is looked for no more.", "gateway overlooks client" },
	{ "gateway releases to", VERB_ALONE, STEP_RELEASES, 0, BLOCK_NONE, "gateway releases to C",
		"What was kept back is sent on, in its order, and nothing more is kept back.",
		"gateway releases to client" },
	{ "gateway repeats to", VERB_ALONE, STEP_REPEATS, 0, BLOCK_PATTERNS,
		"gateway repeats to C + block of one stanza",
		"The last stanza of the server's that fits is sent once more.",
		"gateway repeats to client\n    <message type=\"chat\"/>" },
	{ "gateway cuts", VERB_ALONE, STEP_CUTS, 0, BLOCK_NONE, "gateway cuts C",
		"Resets the client's connections, and those to the server with them. It may come again.",
		"gateway cuts client" },
	{ "gateway ends", VERB_ALONE, STEP_CUTS, 0, BLOCK_NONE, "gateway ends C",
		"Resets the client's connections, and ends its session with the server properly, as if its time were over: it may come again, but "
		"there is nothing that it could resume.",
		"gateway ends client" },
	{ "include", VERB_ALONE, -1, 0, BLOCK_NONE, "include FILE WORD…",
		"Splices another file in. Its first line says `takes each NAME` (its body is repeated for each word) or `takes NAME…`.",
		"include common/online.inc phone laptop" },
	{ "or", VERB_ALONE, -1, 0, BLOCK_PATTERNS, "or [weakly] + block of one stanza",
		"After `gets` of one stanza or `is answered`: another acceptable one. `weakly`: acceptable, but the verdict is `weak`.",
		"or weakly\n    <iq type=\"error\"/>" },
	{ "until", VERB_ALONE, -1, 0, BLOCK_PATTERNS, "until + block of one stanza",
		"After a step that said `until pattern`: the stanza that is its fence.",
		"until\n    <message id=\"fence\"/>" },
	{ "finally", VERB_ALONE, -1, 0, BLOCK_NONE, "finally",
		"What follows is the postamble: it always runs, and gives no verdict.", "finally" },
	{ NULL, VERB_ALONE, -1, 0, BLOCK_NONE, NULL, NULL, NULL },
};

const struct verb *verb_find(enum step_kind kind)
{
	for (const struct verb *v = verbs; v->words; v++)
		if (v->kind == (int)kind)
			return v;
	return NULL;
}

const struct entry header_keys[] = {
	{ "id SUITE/SCENARIO",
		"Slugs; SUITE is the folder's name. With a check's own slug this is the name that reports use." },
	{ "title TEXT", "One line for people." },
	{ "about TEXT", "More for people; may repeat." },
	{ "cites REF…", "Requirements of the catalogue that the scenario rests on, such as `XEP-0280#inbound`." },
	{ "needs [no] server FEATURE", "The domain's service discovery names the feature; with `no` it must not." },
	{ "needs [no] account FEATURE", "The account's bare address does." },
	{ "needs [no] stream NAMESPACE", "A stream feature is offered." },
	{ "needs [no] service muc|upload|pubsub|proxy [FEATURE]",
		"A service of that kind was found (and names the feature)." },
	{ "needs allow register|delete|flood", "The target file allows it." },
	{ "needs driver CAPABILITY",
		"direct, unbound, mechanism, cut, sm, raw, faithful, features, bare, web, component or client. What the steps imply is "
		"added by itself." },
	{ "needs [no] claim WORD", "The target file claims it." },
	{ "needs [no] mechanism NAME", "A SASL mechanism is offered." },
	{ "needs [no] component",
		"The target file has a section `[component]`. Every scenario with a component among its actors needs that, without saying it." },
	{ "needs [no] web websocket|bosh|host-meta", "It is known where that is: the target file says it." },
	{ "needs [no] peer NAME",
		"The run has a second target of that name (`--peer`). A feature, a service, a mechanism, a claim or what is allowed is asked of "
		"it with `at NAME` behind: `needs server urn:xmpp:carbons:2 at peer`." },
	{ "needs [no] client|second-client [WORD]",
		"A client is under test, or a second one is; with a word: its claims have that." },
	{ "tags WORD…",
		"For `--tag`. Scenarios that share a tag which begins with `exclusive-` are never played at the "
		"same time; one that is tagged `alone` is played while no other is." },
	{ "actor NAME ACCOUNT/RESOURCE [owner|contact|stranger] [at PEER]",
		"A device. Two actors of one account are two "
		"devices. A `contact` and the `owner` are in mutual subscription when the body begins; a `stranger` never is. `at PEER`: the account is at the second target of a run, which is "
		"called so (`peer` where `--peer` gives it no name); without one the scenario is unsupported." },
	{ "actor NAME client ACCOUNT/RESOURCE [owner|contact|stranger]",
		"A client under test (`assay run --client`), called `C` below: nobody speaks for it. It is told by its adapter what to do, and connects through the gateway; the resource is "
		"what it is asked to take. Without a client under test the scenario is unsupported." },
	{ "actor NAME second-client ACCOUNT/RESOURCE [owner|contact|stranger]",
		"Another client, likewise, which the first speaks with (`assay run --client ONE --second-client OTHER`)." },
	{ "actor NAME component",
		"The component that the target file names in `[component]` (XEP-0114). `${NAME.jid}` is its domain. What it sends needs a `from` "
		"and a `to`, and nothing fills them in. Once it `connects`, its stanzas are written and shown in jabber:client, like everybody's; "
		"on the wire they are in jabber:component:accept, and a stanza of any other namespace ends its stream. Two such actors are two "
		"connections of the same component. Scenarios with one are never played at the same time." },
	{ "prefix NAME NAMESPACE", "For XPath. Many are declared already." },
	{ NULL, NULL },
};

const struct entry option_table[] = {
	{ "must|should|may REF…", "Makes the step a check of that level, resting on these requirements." },
	{ "must-if FEATURE", "Makes it a MUST when the feature is advertised." },
	{ "as SLUG", "Names the check; else its name is the actor, the verb and the first requirement." },
	{ ": TEXT", "The check's title, to the end of the line." },
	{ "within TIME", "250ms, 2s, 1m; else the run's default (5s), and four times as long until a fence has come." },
	{ NULL, NULL },
};

const struct entry fence_table[] = {
	{ "fence direct FROM", "FROM sends a headline to the actor's full address." },
	{ "fence bare FROM", "FROM sends a chat message to the actor's bare address." },
	{ "fence carbon FROM VIA", "FROM sends a chat message to VIA's full address; the actor gets the carbon copy." },
	{ "fence sent FROM VIA",
		"VIA, another device of the actor's account, sends a chat message to FROM; the actor gets the "
		"carbon copy." },
	{ "fence room FROM ADDRESS", "FROM says something in the room." },
	{ "fence node FROM NODE", "FROM publishes on the PEP node; the actor is notified." },
	{ "fence roster FROM", "FROM, a device of the actor's account, sets a roster item; the actor gets the push." },
	{ "fence presence FROM", "FROM sends presence to the actor's full address." },
	{ "fence archive FROM",
		"FROM sends a chat message to the actor's bare address; the actor asks its archive until it is in." },
	{ "fence iq [ADDRESS]", "The actor pings its server (or ADDRESS) and gets the answer." },
	{ "fence direct FROM, fence bare FROM, fence iq",
		"Of a client: when what FROM has sent to it comes to the gateway, the client gets a ping of its server in its place, and its answer is the "
		"fence (RFC 6120 section 8.2.3). `iq`: the ping is sent at once, behind what the gateway has sent." },
	{ "fence shown FROM", "Of a client: FROM sends a chat message to its full address, and the client shows it." },
	{ "fence idle",
		"Of a client: it has answered a ping, and of its own questions to its server and its account none was open then, nor did it ask one "
		"meanwhile. So what it does in several turns, as fetching an archive page by page, has come to its end." },
	{ "pattern", "The stanza in the `until` block below, which the scenario itself has caused." },
	{ "settled TEXT",
		"For `never`: no route can be shared, and TEXT says why. The step's `within`, else a bounded time that adapts to this "
		"run's latencies." },
	{ NULL, NULL },
};

const struct entry variable_table[] = {
	{ "${ACTOR.jid}", "full address" },
	{ "${COMPONENT.jid} ${COMPONENT.bare} ${COMPONENT.domain}", "the domain of an actor that is a component" },
	{ "${ACTOR.bare} ${ACTOR.user} ${ACTOR.domain} ${ACTOR.resource}", "its parts" },
	{ "${ACTOR.sm.id} ${ACTOR.sm.h} ${ACTOR.sm.sent}",
		"stream management: session, stanzas handled, stanzas sent; of a client: how many it was given, and has sent" },
	{ "${ACTOR.tls.version} ${ACTOR.tls.cipher} ${ACTOR.sasl.mechanism}", "facts of the connection" },
	{ "${ACTOR.tls.number}", "the version of TLS as four hexadecimal digits: `0304` is TLS 1.3" },
	{ "${ACTOR.omemo.id}", "the number of the actor's device of OMEMO" },
	{ "${ACTOR.openpgp.fingerprint}", "the fingerprint of the actor's key of OpenPGP" },
	{ "${ACTOR.tls.asked}", "`yes` or `no`: whether the server asked for a certificate" },
	{ "${ACCOUNT.bare} ${ACCOUNT.user} ${ACCOUNT.domain}", "of an account" },
	{ "${domain} ${muc} ${upload} ${pubsub} ${proxy}", "the target's domain and services" },
	{ "${PEER.domain} ${PEER.muc} ${PEER.upload} ${PEER.pubsub} ${PEER.proxy}", "the same of a second target" },
	{ "${websocket} ${bosh} ${host-meta}", "where they are on the web" },
	{ "${run}", "letters and digits that no other run of a scenario has" },
	{ "${uuid} ${now}", "a fresh UUID and the time (XEP-0082), new for each step" },
	{ "${self}", "in patterns: the actor's bare address" },
	{ NULL, NULL },
};

const struct entry pattern_table[] = {
	{ "{any}", "anything, also nothing (an attribute must still be there)" },
	{ "{some}", "anything but nothing" },
	{ "{uuid} {date} {number}", "a UUID, an XEP-0082 DateTime, decimal digits" },
	{ "{re:ERE}", "an extended regular expression" },
	{ "{bind:NAME}", "anything but nothing, kept as a variable" },
	{ "{not:VALUE}", "the whole value: there, and not VALUE" },
	{ "{absent}", "the whole value: no such attribute; as an element's text: no such child" },
	{ "{self}", "the whole value of an address: absent, or the actor's own bare address" },
	{ "{exactly}", "at the start of an element's text: in it nothing is that is not named" },
	{ "{open}", "likewise, inside `{exactly}`: from here on what is not named is not looked at" },
	{ "{{", "a brace" },
	{ NULL, NULL },
};
