public import Foundation

/// A folder of a test's own, removed with everything in it when nobody refers to it any more.
///
/// ```swift
/// let folder = try TemporaryFolder()
/// try folder.write("Spring tides follow the new moon.", to: "notes/tides.md")
/// let result = try await engine.run(crew, folder: folder.path)
/// #expect(folder.text(of: "notes/brief.md") != nil)
/// ```
public final class TemporaryFolder: Sendable {
    /// Its path, from the root.
    public let path: String

    /// Its path as a URL.
    public var url: URL { URL(fileURLWithPath: path, isDirectory: true) }

    /// Makes an empty folder in the system's own place for such.
    ///
    /// - Throws: What Foundation says when it cannot be made.
    public init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID().uuidString)").path
        // For its owner alone, whatever the person's mask lets others do.
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a text, and makes the folders on its way.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - name: The file, relative to the folder.
    public func write(_ text: String, to name: String) throws {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
    }

    /// The text of a file; `nil` when there is none.
    ///
    /// - Parameter name: The file, relative to the folder.
    public func text(of name: String) -> String? {
        (try? Data(contentsOf: url.appendingPathComponent(name))).map { String(decoding: $0, as: UTF8.self) }
    }
}
