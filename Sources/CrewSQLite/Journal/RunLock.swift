import CrewRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The operating system's lock of a run, which the kernel gives back when the process dies, however it dies.
struct RunLock {
    private let descriptor: Int32
    private let path: String

    /// Takes the lock.
    ///
    /// - Returns: `nil` when somebody holds it, in this process or another.
    static func acquire(_ path: String) throws(JournalError) -> RunLock? {
        while true {
            // A pipe or a device must not even be opened.
            var found = stat()
            if lstat(path, &found) == 0 { try Ownership.check(found, at: path, is: .file) }
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
            guard descriptor >= 0 else { throw JournalError(errno: errno, "\(path) cannot be opened") }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                close(descriptor)
                if code == EWOULDBLOCK { return nil }
                throw JournalError(errno: code, "\(path) cannot be locked")
            }
            // Whoever held it before removed the file at last: a lock on a file without a name keeps nobody out.
            var locked = stat()
            var named = stat()
            if fstat(descriptor, &locked) == 0, lstat(path, &named) == 0, locked.st_ino == named.st_ino,
                locked.st_dev == named.st_dev
            {
                return RunLock(descriptor: descriptor, path: path)
            }
            close(descriptor)
        }
    }

    /// Gives the lock back and removes its file.
    func release() {
        unlink(path)
        close(descriptor)
    }
}

/// The process that holds a run, as people know it.
struct Holder: Equatable {
    let process: Int32
    let host: String

    static let current = Holder(process: getpid(), host: hostName())

    init(process: Int32, host: String) {
        self.process = process
        self.host = host
    }

    /// Reads `PID@HOST`.
    init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1)
        guard parts.count == 2, let process = Int32(parts[0]), process > 0 else { return nil }
        self.init(process: process, host: String(parts[1]))
    }

    /// Writes `PID@HOST`.
    var text: String { "\(process)@\(host)" }

    /// Whether the process is known to be gone; of another host nothing is known.
    var isGone: Bool { host == Self.current.host && kill(process, 0) != 0 && errno == ESRCH }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
