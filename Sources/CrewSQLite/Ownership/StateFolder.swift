package import CrewRuntime
import Foundation

/// The person's own folder for what no project may hold, such as the key of the seals.
///
/// It is `$XDG_STATE_HOME/crew`, else `~/.local/state/crew`
/// (https://specifications.freedesktop.org/basedir-spec/latest/), and lets nobody else in.
package struct StateFolder: Sendable {
    /// The folder's path.
    package let path: String

    /// The folder that the process's environment names.
    ///
    /// - Throws: `JournalError` (`storage`) when it names none.
    package init() throws(JournalError) {
        guard let path = PersonalFolder.state.path else {
            throw JournalError(
                .storage,
                "there is no home folder to keep your own key in: set XDG_STATE_HOME to a folder of your own."
            )
        }
        self.path = path
    }

    /// The folder that an environment names; `nil` when it names none.
    package init?(environment: [String: String]) {
        guard let path = PersonalFolder.state.path(in: environment) else { return nil }
        self.path = path
    }

    /// A folder at a path.
    package init(path: String) { self.path = path }

    /// The key with which the person's own stores are sealed; it is made when it is first needed.
    ///
    /// - Throws: `JournalError` when it cannot be made or read, or is not the person's alone.
    package func key() throws(JournalError) -> StoreKey {
        if let key = try existingKey() { return key }
        try make()
        // Whoever is first gives it its name, whole.
        let draft = "\(path)/key.\(UUID().uuidString)"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("your own key cannot be made") }
        defer { unlink(draft) }
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<StoreKey.length).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let isWritten = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count
        let isDurable = isWritten && fsync(file) == 0
        let code = errno
        close(file)
        guard isDurable else { throw failure("your own key cannot be written", code) }
        guard link(draft, keyPath) == 0 || errno == EEXIST else { throw failure("your own key cannot be made") }
        guard let key = try existingKey() else {
            throw JournalError(.storage, "\(keyPath) was taken away while it was made.")
        }
        return key
    }

    /// The key, if there is one.
    package func existingKey() throws(JournalError) -> StoreKey? {
        guard try OwnFolder.open(path) != nil else { return nil }
        let file = open(keyPath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        if file < 0, errno == ENOENT { return nil }
        guard file >= 0 else { throw failure("your own key cannot be read") }
        defer { close(file) }
        var seen = stat()
        var bytes = [UInt8](repeating: 0, count: StoreKey.length + 1)
        guard let count = fill(&bytes, from: file) else { throw failure("your own key cannot be read") }
        guard fstat(file, &seen) == 0, seen.st_mode & S_IFMT == S_IFREG, seen.st_uid == geteuid(),
            seen.st_mode & 0o077 == 0, count == StoreKey.length
        else {
            throw JournalError(
                .untrusted,
                "\(keyPath) is not your own key: it must be a file of \(StoreKey.length) bytes that only you may read."
                    + " Move it away; a new one is made, with which `crew trust` seals your stores anew."
            )
        }
        return StoreKey(bytes.prefix(StoreKey.length))
    }

    /// Makes the folder, unless it is there.
    ///
    /// - Throws: `JournalError` when that fails, or what is there is not the person's own.
    package func make() throws(JournalError) {
        if try OwnFolder.open(path) != nil { return }
        do throws(JournalError) {
            try createPrivateDirectory(path)
        } catch {
            throw JournalError(
                error.code,
                "your own key cannot be kept in \(path): set XDG_STATE_HOME to a folder of your own. \(error.message)"
            )
        }
        _ = try OwnFolder.open(path)
    }

    private var keyPath: String { path + "/key" }

    private func failure(_ what: String, _ code: Int32 = errno) -> JournalError {
        let reason = String(cString: strerror(code))
        return JournalError(
            .storage,
            "\(what) (\(keyPath)): \(reason). Set XDG_STATE_HOME to a folder of your own."
        )
    }
}
