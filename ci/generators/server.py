"""The server that both generators speak with: a fixture (fixtures/README.md), started anew for each run, with the same accounts."""
import os, re, shutil, socket, ssl, subprocess, tempfile, time

READY_WITHIN = 60  # seconds
LACKING = 69  # a fixture's status where a program is not installed


class Trouble(Exception):
    """What ends the whole with one line; `status` is the exit status."""

    def __init__(self, text, status=3):
        super().__init__(text)
        self.status = status


def free_port(address):
    """A port of which the fifteen after it are free too, as a fixture wants them; looked for below those that outgoing connections get."""
    for first in range(21000, 32000, 16):
        sockets = []
        try:
            for port in range(first, first + 16):
                taken = socket.socket()
                sockets.append(taken)
                taken.bind((address, port))
            return first
        except OSError:
            continue
        finally:
            for taken in sockets:
                taken.close()
    raise Trouble("no sixteen ports in a row are free on " + address)


class Server:
    """with Server(fixture folder, number of accounts) as s: a server that answers, with accounts and a target file for them.

    Both generators log in by PLAIN inside TLS, as tsung knows no other of the mechanisms that servers have now."""

    address = "127.0.0.1"

    def __init__(self, folder, accounts):
        self.folder, self.wanted = folder, accounts
        self.users = [("load%d" % i, "secret%d" % i) for i in range(accounts)]

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="assay-load-")
        os.chmod(self.directory, 0o755)
        self.port = free_port(self.address)
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "ASSAY_FIXTURE_ADDRESS": self.address,
            "ASSAY_FIXTURE_PORT": str(self.port),
            "ASSAY_FIXTURE_PARENT": str(os.getpid()),
        }
        self.place = os.path.join(self.directory, "server")
        with open(os.path.join(self.directory, "output"), "wb") as output:
            self.process = subprocess.Popen([os.path.join(self.folder, "start"), self.place], env=environment,
                                            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        try:
            self.make_accounts()
            self.write_target()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def product(self):
        said = subprocess.run([os.path.join(self.folder, "describe")], stdout=subprocess.PIPE, text=True, check=False)
        return said.stdout.strip()

    def value(self, key):
        with open(os.path.join(self.place, "target.ini")) as file:
            for line in file:
                if line.startswith(key + " = "):
                    return line.split(" = ", 1)[1].strip()
        raise Trouble("the fixture's target file has no " + key)

    def write_target(self):
        """The fixture's own target file, but with these accounts, and allowed to be loaded."""
        with open(os.path.join(self.place, "target.ini")) as file:
            lines = file.read().replace("provisioning = register", "password-file = accounts")
        for name, text in (("accounts", "".join("%s %s\n" % user for user in self.users)),
                           ("load.ini", lines + "[load]\nallow = yes\nmost-rate = 100000\nmost-connections = 100000\nmost-time = 60m\n")):
            path = os.path.join(self.place, name)
            with open(path, "w") as file:
                file.write(text)
            os.chmod(path, 0o600)
        self.target = os.path.join(self.place, "load.ini")

    # ---- accounts, by in-band registration (XEP-0077) ----

    def connect(self):
        """A connection to a server that answers a stream header; waits for it."""
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                with open(os.path.join(self.directory, "output")) as file:
                    said = file.read().strip().splitlines()
                lacking = self.process.returncode == LACKING
                raise Trouble("the server did not start: " + (" ".join(said) if said else "it said nothing"), 2 if lacking else 3)
            try:
                connection = socket.create_connection((self.address, self.port), timeout=READY_WITHIN)
                connection.sendall(self.header())
                self.read(connection, b"</stream:features>")
                return connection
            except (OSError, FileNotFoundError, EOFError):
                time.sleep(0.05)  # a refused connection tells nothing of when it will be accepted
        raise Trouble("the server did not answer within %d s" % READY_WITHIN)

    def header(self):
        return ("<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:client' "
                "xmlns:stream='http://etherx.jabber.org/streams'>" % self.value("domain")).encode()

    @staticmethod
    def read(connection, until):
        data = b""
        while until not in data:
            more = connection.recv(65536)
            if not more:
                raise EOFError
            data += more
        return data

    def make_accounts(self):
        connection = self.connect()
        self.domain = self.value("domain")
        connection.sendall(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.read(connection, b"<proceed")
        context = ssl.create_default_context(cafile=os.path.join(self.place, "certificates", "ca.crt"))
        with context.wrap_socket(connection, server_hostname=self.domain) as secured:
            secured.sendall(self.header())
            self.read(secured, b"</stream:features>")
            for user, password in self.users:
                secured.sendall(("<iq type='set' id='%s'><query xmlns='jabber:iq:register'><username>%s</username>"
                                 "<password>%s</password></query></iq>" % (user, user, password)).encode())
                answer = self.read(secured, b">")
                if b"type='result'" not in answer and b'type="result"' not in answer:
                    raise Trouble("the server did not register %s: %s" % (user, answer.decode(errors="replace")))

    # ---- what is connected ----

    def encrypted(self):
        """The version of TLS and the cipher suite that the connections had, as the server's log tells, parted by commas; empty where it does
        not tell."""
        with open(os.path.join(self.place, "server.log"), errors="replace") as file:
            return ", ".join(sorted(set(re.findall(r"\((TLSv[\d.]+ with [A-Z0-9_-]+)\)", file.read()))))

    def connected(self):
        """Connections of clients that are established, by the kernel's table."""
        # Local address and port as the kernel writes them: hexadecimal, the address in the machine's own order of bytes.
        own = "%08X:%04X" % (int.from_bytes(socket.inet_aton(self.address), "little"), self.port)
        with open("/proc/net/tcp") as file:
            return sum(1 for line in file if line.split(None, 4)[1] == own and line.split(None, 4)[3] == "01")
