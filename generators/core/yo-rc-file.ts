/** The file with the memory of Yeoman's generators in a folder that they wrote. */
export const yoRcFile = '.yo-rc.json';
