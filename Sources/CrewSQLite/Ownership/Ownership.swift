import CrewRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What is the person's own in a file system.
enum Ownership {
    /// What is expected to stand at a path.
    enum Kind {
        case file, folder
    }

    /// Sees to it that what was looked at is no link and nothing unusual, belongs to the person, and is written by
    /// nobody else.
    ///
    /// - Throws: `untrusted`, with the reason and the remedy.
    static func check(_ seen: stat, at path: String, is kind: Kind) throws(JournalError) {
        let type = seen.st_mode & S_IFMT
        if type == S_IFLNK {
            throw refusal(path, "it is a link to another place", "Name that place itself with --store DIR.")
        }
        guard type == (kind == .file ? S_IFREG : S_IFDIR) else {
            throw refusal(path, kind == .file ? "it is no regular file" : "it is no folder", elsewhere)
        }
        guard seen.st_uid == geteuid() else {
            throw refusal(path, "it belongs to \(userName(seen.st_uid)), not to you", elsewhere)
        }
        guard seen.st_mode & 0o022 == 0 else {
            let remedy = "If what is in it is yours: chmod go-w \(quoted(path))"
            throw refusal(path, "other users may write it", remedy)
        }
        guard kind == .folder || seen.st_nlink <= 1 else {
            throw refusal(path, "the file has a second name elsewhere", elsewhere)
        }
    }

    /// The path as a word of the shell.
    static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain && !path.isEmpty ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }

    /// A user as people know them.
    static func userName(_ user: uid_t) -> String {
        getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "user \(user)"
    }

    private static let elsewhere = "Keep runs elsewhere with --store DIR."

    private static func refusal(_ path: String, _ reason: String, _ remedy: String) -> JournalError {
        JournalError(.untrusted, "\(path) is not used, since \(reason). \(remedy)")
    }
}
