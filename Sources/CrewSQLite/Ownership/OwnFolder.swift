import CrewRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A folder that is the person's own: no link, theirs, and written by nobody else.
///
/// It is looked at through a descriptor, and nobody else may change what lies in it: so what was seen stays so.
struct OwnFolder: ~Copyable {
    /// The folder's path, without a slash at its end.
    let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Opens a folder.
    ///
    /// - Returns: `nil` when there is nothing at that path.
    /// - Throws: `untrusted` when what is there is not the person's own.
    static func open(_ path: String) throws(JournalError) -> OwnFolder? {
        let path = Self.plain(path)
        var seen = stat()
        guard lstat(path, &seen) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw JournalError(errno: errno, "\(path) cannot be looked at")
        }
        try Ownership.check(seen, at: path, is: .folder)
        let descriptor = Self.descriptor(path)
        guard descriptor >= 0 else { throw JournalError(errno: errno, "\(path) cannot be opened") }
        let folder = OwnFolder(path: path, descriptor: descriptor)
        // What was opened may have been put there since.
        guard fstat(descriptor, &seen) == 0 else { throw JournalError(errno: errno, "\(path) cannot be looked at") }
        try Ownership.check(seen, at: path, is: .folder)
        return folder
    }

    /// Sees to it that what stands under a name, if anything does, is the person's own and of this kind.
    ///
    /// - Returns: Whether something stands there.
    func check(_ name: String, is kind: Ownership.Kind) throws(JournalError) -> Bool {
        var seen = stat()
        guard fstatat(descriptor, name, &seen, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return false }
            throw JournalError(errno: errno, "\(path)/\(name) cannot be looked at")
        }
        try Ownership.check(seen, at: "\(path)/\(name)", is: kind)
        return true
    }

    /// The last bytes of a file on which SQLite has no locks; `nil` when it is not there or has fewer.
    func ending(of name: String, bytes count: Int) throws(JournalError) -> [UInt8]? {
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw JournalError(errno: errno, "\(path)/\(name) cannot be read")
        }
        defer { close(file) }
        let start = lseek(file, 0, SEEK_END) - off_t(count)
        guard start >= 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        let found = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, start) }
        return found == count ? bytes : nil
    }

    /// Makes an empty file that only its owner may read, unless there is one.
    ///
    /// One that is there is never opened: to close it again would give back the locks that SQLite has on it.
    func makeFile(_ name: String) throws(JournalError) {
        if try check(name, is: .file) { return }
        let file = openat(descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if file >= 0 {
            close(file)
        } else if errno != EEXIST {
            throw JournalError(errno: errno, "\(path)/\(name) cannot be created")
        }
    }

    /// The path without slashes at its end, with which a link would be followed.
    static func plain(_ path: String) -> String {
        var path = path[...]
        while path.utf8.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }

    /// Within a type of that name, `open` means the function above.
    private static func descriptor(_ path: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        #elseif canImport(Musl)
            Musl.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        #else
            Darwin.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        #endif
    }
}
