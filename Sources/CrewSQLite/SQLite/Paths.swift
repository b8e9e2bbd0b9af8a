import CrewRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Creates a directory that only its owner may enter, and its parents; one that is there stays as it is.
func createPrivateDirectory(_ path: String) throws(JournalError) {
    guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
        try createPrivateDirectory(String(path[..<slash]))
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    }
    throw JournalError(errno: errno, "\(path) cannot be created")
}

extension JournalError {
    /// Says in the journal's terms what a system call complained about.
    init(errno code: Int32, _ what: String) {
        let reason = String(cString: strerror(code))
        switch code {
        case EACCES, EPERM, EROFS:
            self.init(.readOnly, "\(what): \(reason); use --store to keep runs elsewhere.")
        case ENOSPC, EDQUOT:
            self.init(.diskFull, "\(what): \(reason). Free some space and try again.")
        default:
            self.init(.storage, "\(what): \(reason).")
        }
    }
}

/// The size of what stands at a path in bytes, a link not followed; `nil` when nothing does.
func fileSize(_ path: String) -> Int64? {
    var status = stat()
    return lstat(path, &status) == 0 ? Int64(status.st_size) : nil
}
