#!/usr/bin/python3
"""OMEMO devices by python-omemo's backends (twomemo, oldmemo), which share no code with ours: a peer for test_oracle.c.

One request in JSON a line on standard input, one answer a line on standard output. Every request names a device:
  {"do": "make", "device": NAME, "version": "2" or "axolotl", "jid": JID, "id": NUMBER}
  {"do": "bundle", "device": NAME}                                        answers {"xml": ...}
  {"do": "learn", "device": NAME, "jid": JID, "id": NUMBER, "xml": XML}
  {"do": "encrypt", "device": NAME, "to": [[JID, NUMBER]...], "text": TEXT or null}   answers {"xml": ...}
  {"do": "decrypt", "device": NAME, "from": JID, "xml": XML}              answers {"text": TEXT or null, "exchange": BOOL}
  {"do": "rotate", "device": NAME}
  {"do": "restart", "device": NAME}    all that is not in the storage is lost; the storage is written to JSON and read again
The answer to what cannot be done is {"error": ...}. Exit status 89: the modules are not installed.
"""
import asyncio
import json
import logging
import sys
import xml.etree.ElementTree as ET
from datetime import datetime, timezone

try:
    import oldmemo
    import oldmemo.etree
    import twomemo
    import twomemo.etree
    from omemo.message import Message
    from omemo.session import Initiation
    from omemo.storage import Just, Nothing, Storage
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(89)

SCE = "{urn:xmpp:sce:1}"
CLIENT = "{jabber:client}"


class Memory(Storage):
    def __init__(self, items=None):
        super().__init__(disable_cache=True)
        self.items = items or {}

    async def _load(self, key):
        return Just(self.items[key]) if key in self.items else Nothing()

    async def _store(self, key, value):
        self.items[key] = value

    async def _delete(self, key):
        self.items.pop(key, None)


class Sender:
    """What oldmemo's parser asks of a session manager: the identity key of the sender, for the sign that the message lacks."""

    def __init__(self, device):
        self.device = device

    async def get_device_information(self, bare_jid):
        class Found:
            def __init__(self, device_id, identity_key):
                self.device_id = device_id
                self.identity_key = identity_key

        return [Found(number, bundle.identity_key) for (jid, number), bundle in self.device.bundles.items() if jid == bare_jid]


class Device:
    def __init__(self, version, jid, number):
        self.version, self.jid, self.number = version, jid, number
        self.bundles = {}
        self.start(Memory())

    def start(self, storage):
        self.storage = storage
        self.module = twomemo if self.version == "2" else oldmemo
        self.backend = (twomemo.Twomemo if self.version == "2" else oldmemo.Oldmemo)(storage)

    def restart(self):
        self.start(Memory(json.loads(json.dumps(self.storage.items))))

    async def bundle(self):
        return self.module.etree.serialize_bundle(await self.backend.get_bundle(self.jid, self.number))

    def learn(self, jid, number, element):
        self.bundles[(jid, number)] = self.module.etree.parse_bundle(element, jid, number)

    def seal(self, text):
        if self.version != "2":
            return text.encode()
        envelope = ET.Element(f"{SCE}envelope")
        content = ET.SubElement(envelope, f"{SCE}content")
        ET.SubElement(content, f"{CLIENT}body").text = text
        ET.SubElement(envelope, f"{SCE}rpad").text = "x" * (len(text) % 17)
        ET.SubElement(envelope, f"{SCE}from", jid=self.jid)
        ET.SubElement(envelope, f"{SCE}time", stamp=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))
        return ET.tostring(envelope)

    def open(self, plaintext):
        if self.version != "2":
            return plaintext.decode()
        envelope = ET.fromstring(plaintext)
        if envelope.tag != f"{SCE}envelope" or envelope.find(f"{SCE}rpad") is None:
            raise ValueError("no envelope with padding")
        if envelope.find(f"{SCE}from") is None or envelope.find(f"{SCE}time") is None:
            raise ValueError("no sender or no time in the envelope")
        return envelope.find(f"{SCE}content").find(f"{CLIENT}body").text or ""

    async def encrypt(self, recipients, text):
        content, key = await (self.backend.encrypt_empty() if text is None else self.backend.encrypt_plaintext(self.seal(text)))
        keys = []
        for jid, number in recipients:
            session = await self.backend.load_session(jid, number)
            if session is None:
                session, encrypted = await self.backend.build_session_active(jid, number, self.bundles[(jid, number)], key)
            else:
                encrypted = await self.backend.encrypt_key_material(session, key)
            await self.backend.store_session(session)
            opening = session.initiation is Initiation.ACTIVE and not session.confirmed
            keys.append((encrypted, session.key_exchange if opening else None))
        return self.module.etree.serialize_message(
            Message(self.backend.namespace,
                    self.jid, self.number, content, frozenset(keys)))

    async def decrypt(self, sender, element):
        if self.version == "2":
            message = twomemo.etree.parse_message(element, sender)
        else:
            message = await oldmemo.etree.parse_message(element, sender, self.jid, Sender(self))
        encrypted, exchange = next(
            (key, exchange) for key, exchange in message.keys if (key.bare_jid, key.device_id) == (self.jid, self.number))
        session = await self.backend.load_session(sender, message.device_id)
        if exchange is not None and (session is None or not session.key_exchange.builds_same_session(exchange)):
            session, key = await self.backend.build_session_passive(sender, message.device_id, exchange, encrypted)
            await self.backend.delete_pre_key(session)
            await self.backend.generate_pre_keys(1)
        else:
            key = await self.backend.decrypt_key_material(session, encrypted)
        await self.backend.store_session(session)
        text = None if message.content.empty else self.open(await self.backend.decrypt_plaintext(message.content, key))
        return {"text": text, "exchange": exchange is not None}


devices = {}


async def answer(request):
    do, name = request["do"], request["device"]
    if do == "make":
        devices[name] = Device(request["version"], request["jid"], request["id"])
        await devices[name].backend.generate_pre_keys(100)
        return {}
    device = devices[name]
    if do == "bundle":
        return {"xml": ET.tostring(await device.bundle(), encoding="unicode")}
    if do == "learn":
        device.learn(request["jid"], request["id"], ET.fromstring(request["xml"]))
        return {}
    if do == "encrypt":
        return {"xml": ET.tostring(await device.encrypt(request["to"], request["text"]), encoding="unicode")}
    if do == "decrypt":
        return await device.decrypt(request["from"], ET.fromstring(request["xml"]))
    if do == "rotate":
        await device.backend.rotate_signed_pre_key()
        return {}
    if do == "restart":
        device.restart()
        return {}
    raise ValueError(f"{do} is not known")


def main():
    logging.disable(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        try:
            result = loop.run_until_complete(answer(json.loads(line)))
        except Exception as fault:  # whatever it is, it is an answer
            cause = f" ({fault.__cause__!r})" if fault.__cause__ else ""
            result = {"error": f"{fault!r}{cause}"}
        print(json.dumps(result), flush=True)


main()
