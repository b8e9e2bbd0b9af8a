internal import CrewCore
internal import CrewRuntime

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension ProtectedPlaces {
    /// What is to be done with a place.
    enum Purpose: Hashable {
        case reading, writing
    }

    /// Refuses a name on the way to a file, or a file's own.
    func check(_ name: String, for purpose: Purpose, path: String) throws(ToolRejection) {
        switch Self.plain(name) {
        case ".crew", "crew~1": throw Self.store(path)
        case ".git", "git~1":
            guard purpose == .writing else { return }
            throw ToolRejection("'\(path)' belongs to version control ('.git'), which no tool may change.")
        default: return
        }
    }

    /// Refuses a folder on the way.
    func check(_ folder: stat, path: String) throws(ToolRejection) {
        if folders.contains(where: { Self.status($0)?.isSame(as: folder) ?? false }) { throw Self.store(path) }
    }

    /// Refuses a file that is to be written.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - folder: What it lies in.
    ///   - target: What has the name now.
    func check(_ name: String, in folder: stat, target: stat?, path: String) throws(ToolRejection) {
        for file in files {
            let isTarget = target.map { Self.status(file)?.isSame(as: $0) ?? false } ?? false
            let parent = file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
            let hasItsName = Self.plain(file.split(separator: "/").last.map(String.init) ?? "") == Self.plain(name)
            guard isTarget || (hasItsName && Self.status(parent)?.isSame(as: folder) ?? false) else { continue }
            throw ToolRejection("'\(path)' is the crew's own file, which no tool may change.")
        }
    }

    /// Why a folder may not be granted; `nil` when it may.
    func objection(to folder: String, for purpose: Purpose) -> String? {
        guard let resolved = realpath(folder, nil) else { return nil }
        defer { free(resolved) }
        var place = ""
        for name in String(cString: resolved).split(separator: "/").map(String.init) {
            place += "/\(name)"
            do throws(ToolRejection) {
                try check(name, for: purpose, path: folder)
                if let status = Self.status(place) { try check(status, path: folder) }
            } catch {
                return error.message
            }
        }
        return nil
    }

    private static func store(_ path: String) -> ToolRejection {
        ToolRejection("'\(path)' is where runs are kept or what a person has agreed to, which no tool may reach.")
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    /// A name as a file system may take it that tells few names apart.
    private static func plain(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: name.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint })
        // NTFS takes what follows a colon for a stream of the file before it.
        var plain = String(scalars).lowercased().prefix { $0 != ":" }
        while plain.last == "." || plain.last == " " { plain.removeLast() }
        return String(plain)
    }
}

extension stat {
    /// Whether both are one file or folder.
    func isSame(as other: stat) -> Bool { st_dev == other.st_dev && st_ino == other.st_ino }
}
