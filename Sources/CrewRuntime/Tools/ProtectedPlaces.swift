/// What no tool may touch, whatever folder it is granted: what says what a run may do, what records what it did, and what
/// programs of the person's would act on.
///
/// Names are compared as the most careless file system would: without regard to case, to characters that are not seen and
/// to dots and blanks at the end. Files and folders are known by their identity as well, so that another name for them
/// is no way around.
package struct ProtectedPlaces: Sendable {
    /// Crew files, which may be read and never written.
    package var files: [String]
    /// Folders that may neither be read nor written: where runs are kept, and the person's own settings and keys.
    package var folders: [String]

    /// Names the places by their paths from the root; `.git` and `.crew` are protected without being named.
    package init(files: [String] = [], folders: [String] = []) {
        self.files = files
        self.folders = folders
    }
}
